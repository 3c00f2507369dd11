//! An operation that waits, whatever its type.

use domain::{Operation, Refusal, States, StreamId, UnitOfWork};
use tokio::sync::oneshot;

use super::{Command, Committed, Context, ExecuteError};
use crate::record::Position;

/// How a job ended.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// Its decision is committed.
    Committed(Position),
    /// It had been carried out before, with this answer.
    Replayed { answer: String, position: Position },
    /// It was not carried out.
    Failed(ExecuteError),
}

pub(super) trait Job: Send + Sync {
    fn context(&self) -> &Context;
    /// Nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    fn streams(&self, known: &dyn States) -> Vec<StreamId>;
    /// Decides, keeps the answer, and returns its JSON.
    fn run(&mut self, work: &mut UnitOfWork<'_>) -> Result<String, Refusal>;
    fn settle(self: Box<Self>, outcome: Outcome);
}

type Reply<A> = oneshot::Sender<Result<Committed<A>, ExecuteError>>;

pub(super) struct Typed<O: Operation> {
    command: Command<O>,
    answer: Option<O::Answer>,
    reply: Reply<O::Answer>,
}

impl<O: Operation> Typed<O> {
    pub(super) fn new(command: Command<O>, reply: Reply<O::Answer>) -> Self {
        Self { command, answer: None, reply }
    }
}

impl<O: Operation> Job for Typed<O> {
    fn context(&self) -> &Context {
        &self.command.context
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        self.command.operation.streams(known)
    }

    fn run(&mut self, work: &mut UnitOfWork<'_>) -> Result<String, Refusal> {
        let answer = self.command.operation.run(work)?;
        let json = if self.command.context.fingerprint.is_some() { encode(&answer)? } else { String::new() };
        self.answer = Some(answer);
        Ok(json)
    }

    fn settle(mut self: Box<Self>, outcome: Outcome) {
        let result = match outcome {
            Outcome::Committed(position) => self
                .answer
                .take()
                .map(|answer| Committed { answer, position, replayed: false })
                .ok_or_else(|| ExecuteError::Defect("committed without an answer".into())),
            Outcome::Replayed { answer, position } => serde_json::from_str(&answer)
                .map(|answer| Committed { answer, position, replayed: true })
                .map_err(|error| ExecuteError::Defect(format!("a stored answer can't be read: {error}"))),
            Outcome::Failed(error) => Err(error),
        };
        // The caller may have gone; its decision stands all the same.
        let _ = self.reply.send(result);
    }
}

fn encode(answer: &impl serde::Serialize) -> Result<String, Refusal> {
    serde_json::to_string(answer).map_err(|_| Refusal::EventTooLarge)
}
