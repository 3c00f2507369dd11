//! Deciding a batch: every operation in turn, each seeing what those before it decided.

mod sabotage;

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use chrono::{DateTime, Utc};
use domain::{Refusal, States, StreamId, UnitOfWork, Versioned};
use faultpoint::{Sabotage, sabotaged};
use uuid::Uuid;

use super::{
    ExecuteError,
    append::{Appendix, Tail},
    cache::Cache,
    job::{Job, Outcome},
};
use crate::record::Position;

/// A command that was carried out before.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    pub(super) fingerprint: Vec<u8>,
    pub(super) answer: String,
    pub(super) position: Position,
}

/// What a batch decides; none of it is seen outside until it is committed.
pub(super) struct Decided {
    pub(super) appendix: Appendix,
    pub(super) states: HashMap<StreamId, Versioned>,
    /// One for each job, in order. Refusals, too, wait for the commit: they may rest on a neighbour's events.
    pub(super) outcomes: Vec<Outcome>,
}

/// The states a batch sees: its own decisions over what is committed.
struct Overlay<'a> {
    batch: &'a HashMap<StreamId, Versioned>,
    cache: &'a Cache,
}

impl States for Overlay<'_> {
    fn get(&self, stream: StreamId) -> Option<&Versioned> {
        self.batch.get(&stream).or_else(|| self.cache.get(stream))
    }
}

/// Decides all jobs at `now`, or at the time of the last event if the clock says less: time never runs backwards in
/// the log.
pub(super) fn decide(
    jobs: &mut [Box<dyn Job>],
    cache: &Cache,
    mut remembered: HashMap<Uuid, Remembered>,
    tail: Tail,
    now: DateTime<Utc>,
) -> Decided {
    let now = if sabotaged(Sabotage::ClockBackwards) { now } else { now.max(tail.recorded_at) };
    let mut decided = Decided {
        appendix: Appendix::after(Tail { recorded_at: now, ..tail }),
        states: HashMap::new(),
        outcomes: Vec::with_capacity(jobs.len()),
    };
    for job in jobs {
        let outcome = match remembered.get(&job.context().command_id) {
            Some(earlier) => replay(job.as_ref(), earlier),
            None => match decided.one(job.as_mut(), cache, now) {
                Ok(answer) => decided.remember(job.as_ref(), answer, &mut remembered),
                Err(error) => Outcome::Failed(error),
            },
        };
        decided.outcomes.push(outcome);
    }
    decided
}

fn replay(job: &dyn Job, earlier: &Remembered) -> Outcome {
    let same =
        job.context().fingerprint.is_some_and(|fingerprint| fingerprint[..] == earlier.fingerprint[..]);
    if same || sabotaged(Sabotage::DropFingerprint) {
        Outcome::Replayed { answer: earlier.answer.clone(), position: earlier.position }
    } else {
        Outcome::Failed(ExecuteError::KeyReused)
    }
}

impl Decided {
    fn one(&mut self, job: &mut dyn Job, cache: &Cache, now: DateTime<Utc>) -> Result<String, ExecuteError> {
        if sabotaged(Sabotage::Oversell) {
            let known = Overlay { batch: &self.states, cache };
            let emptied = sabotage::without_owners(job.streams(&known), &known);
            self.states.extend(emptied);
        }
        let overlay = Overlay { batch: &self.states, cache };
        let mut random = rand::random::<u128>;
        let mut work = UnitOfWork::new(&overlay, now, &mut random);
        // A panic must not take the neighbours with it. What it leaves behind is thrown away with `work`.
        let ran = catch_unwind(AssertUnwindSafe(|| job.run(&mut work)));
        let answer = match ran {
            Ok(Ok(answer)) => answer,
            Ok(Err(Refusal::StreamNotLoaded(stream))) => {
                tracing::error!(%stream, "an operation needed a stream that could not be loaded");
                return Err(ExecuteError::Defect(format!("{stream} could not be loaded")));
            }
            Ok(Err(refusal)) => return Err(ExecuteError::Refused(refusal)),
            Err(_) => return Err(ExecuteError::Defect("it panicked".into())),
        };
        let mut done = work.finish();
        if sabotaged(Sabotage::ReleaseTwice) {
            sabotage::release_twice(&mut done);
        }
        let correlation = done.correlation.unwrap_or(job.context().correlation);
        for event in done.events {
            self.appendix.event(event, job.context(), correlation);
        }
        self.states.extend(done.states);
        Ok(answer)
    }

    fn remember(
        &mut self,
        job: &dyn Job,
        answer: String,
        remembered: &mut HashMap<Uuid, Remembered>,
    ) -> Outcome {
        let position = self.appendix.tail.position;
        if let Some(fingerprint) = &job.context().fingerprint
            && !sabotaged(Sabotage::ForgetCommands)
        {
            let command_id = job.context().command_id;
            let earlier = Remembered { fingerprint: fingerprint.to_vec(), answer: answer.clone(), position };
            // A duplicate that waits in the same batch gets this answer.
            remembered.insert(command_id, earlier);
            self.appendix.command(command_id, fingerprint, answer);
        }
        Outcome::Committed(position)
    }
}
