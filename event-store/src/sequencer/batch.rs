//! Operations that are carried out together.

use std::{collections::HashMap, mem};

use chrono::{DateTime, Utc};
use domain::States;

use super::{
    ExecuteError,
    append::Tail,
    cache::Cache,
    decide::{Decided, Overlay},
    job::{Job, Outcome},
    load::named,
};

pub(super) type Jobs = Vec<Box<dyn Job>>;

/// A batch. While the one before it is written, what arrives is decided ahead: on states that are not committed yet.
/// That stands if the log, looked at under the lock, ends where they do; if not, it is decided anew.
#[derive(Default)]
pub(super) struct Batch {
    /// The first of them, as many as `ahead` has outcomes, are decided; the others need what must be loaded.
    jobs: Jobs,
    ahead: Option<Decided>,
    waiting: Jobs,
}

impl Batch {
    pub(super) fn of(jobs: Jobs) -> Self {
        Self { jobs, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len() + self.waiting.len()
    }

    /// Takes an operation in that can't be decided yet.
    pub(super) fn wait(&mut self, job: Box<dyn Job>) {
        self.waiting.push(job);
    }

    /// Takes an operation in, and decides it if everything that it needs is at hand. `before` is being written.
    pub(super) fn decide(
        &mut self,
        mut job: Box<dyn Job>,
        before: &Decided,
        cache: &Cache,
        now: DateTime<Utc>,
    ) {
        let states = Overlay { batch: &before.states, base: cache };
        if named(job.as_ref(), &states).into_iter().any(|stream| states.get(stream).is_none()) {
            return self.wait(job);
        }
        let ahead =
            self.ahead.get_or_insert_with(|| Decided::after(before.appendix.tail, now, HashMap::new()));
        ahead.decide(job.as_mut(), &states);
        self.jobs.push(job);
    }

    /// All operations, those that are decided first.
    pub(super) fn jobs(&mut self) -> &mut Jobs {
        self.jobs.append(&mut self.waiting);
        &mut self.jobs
    }

    /// What was decided ahead, if it rests on this end of the log.
    pub(super) fn ahead(&mut self, tail: Option<Tail>) -> Option<Decided> {
        self.ahead.take().filter(|ahead| tail == Some(ahead.on))
    }

    /// Answers everyone.
    pub(super) fn settle(mut self, outcomes: Vec<Outcome>) {
        for (job, outcome) in mem::take(self.jobs()).into_iter().zip(outcomes) {
            job.settle(outcome);
        }
    }

    /// Answers everyone alike.
    pub(super) fn fail(mut self, error: &ExecuteError) {
        for job in mem::take(self.jobs()) {
            job.settle(Outcome::Failed(error.clone()));
        }
    }
}
