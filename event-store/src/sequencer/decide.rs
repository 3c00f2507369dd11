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
    /// The end of the log that it was decided on.
    pub(super) on: Tail,
    pub(super) appendix: Appendix,
    pub(super) states: HashMap<StreamId, Versioned>,
    /// One for each job, in order. Refusals, too, wait for the commit: they may rest on a neighbour's events.
    pub(super) outcomes: Vec<Outcome>,
    /// Commands that were carried out before, and those of this batch: a duplicate that waits in it is answered alike.
    remembered: HashMap<Uuid, Remembered>,
}

/// The states a batch sees: its own decisions over those that it rests on.
pub(super) struct Overlay<'a> {
    pub(super) batch: &'a HashMap<StreamId, Versioned>,
    pub(super) base: &'a dyn States,
}

impl States for Overlay<'_> {
    fn get(&self, stream: StreamId) -> Option<&Versioned> {
        self.batch.get(&stream).or_else(|| self.base.get(stream))
    }
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
    /// Decides nothing yet. All is decided at `now`, or at the time of the last event if the clock says less: time
    /// never runs backwards in the log.
    pub(super) fn after(on: Tail, now: DateTime<Utc>, remembered: HashMap<Uuid, Remembered>) -> Self {
        let now = if sabotaged(Sabotage::ClockBackwards) { now } else { now.max(on.recorded_at) };
        Self {
            on,
            appendix: Appendix::after(Tail { recorded_at: now, ..on }),
            states: HashMap::new(),
            outcomes: Vec::new(),
            remembered,
        }
    }

    /// Decides a job on `base` and on what was decided before it.
    pub(super) fn decide(&mut self, job: &mut dyn Job, base: &dyn States) {
        let outcome = match self.remembered.get(&job.context().command_id) {
            Some(earlier) => replay(job, earlier),
            None => match self.one(job, base) {
                Ok(answer) => self.remember(job, answer),
                Err(error) => Outcome::Failed(error),
            },
        };
        self.outcomes.push(outcome);
    }

    fn one(&mut self, job: &mut dyn Job, base: &dyn States) -> Result<String, ExecuteError> {
        let mut now = self.appendix.tail.recorded_at;
        if faultpoint::ARMED {
            let known = Overlay { batch: &self.states, base };
            let streams = sabotage::streams(job, &known);
            now = sabotage::time(&streams, now);
            let instead = sabotage::instead(&streams, &known);
            self.states.extend(instead);
        }
        let overlay = Overlay { batch: &self.states, base };
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
        if faultpoint::ARMED {
            sabotage::afterwards(&mut done, &overlay);
        }
        let correlation = done.correlation.unwrap_or(job.context().correlation);
        for event in done.events {
            self.appendix.event(event, job.context(), correlation);
        }
        self.states.extend(done.states);
        Ok(answer)
    }

    fn remember(&mut self, job: &dyn Job, answer: String) -> Outcome {
        let position = self.appendix.tail.position;
        if let Some(fingerprint) = &job.context().fingerprint
            && !sabotaged(Sabotage::ForgetCommands)
        {
            let command_id = job.context().command_id;
            let earlier = Remembered { fingerprint: fingerprint.to_vec(), answer: answer.clone(), position };
            self.remembered.insert(command_id, earlier);
            self.appendix.command(command_id, fingerprint, answer);
        }
        Outcome::Committed(position)
    }
}
