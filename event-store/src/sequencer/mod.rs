//! The sequencer: one task per process that decides and appends for everyone.
//!
//! It takes whatever waits, locks the log, applies what others appended, decides every operation in memory, appends
//! all their events with one statement and commits. Deciding under the lock makes conflicts impossible; deciding many
//! at once makes the lock cheap.

mod append;
mod appended;
mod batch;
mod cache;
mod decide;
mod job;
mod load;
mod look;
mod own;
mod session;
mod snapshots;
mod thread;
mod worker;

use domain::{Operation, Refusal};
use sqlx::postgres::PgConnectOptions;
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    task::JoinHandle,
};
use uuid::Uuid;

use crate::{clock::SharedClock, record::Position};
use appended::Appended;
use job::{Job, Typed};
pub use own::{Next, Own};
use worker::Worker;

/// This part of the queue is not for everybody.
const KEPT_FREE: usize = 16;

/// How a sequencer works.
#[derive(Clone)]
pub struct SequencerOptions {
    /// The database, as the writer role.
    pub database: PgConnectOptions,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// Operations that may wait; more are answered [`ExecuteError::QueueFull`].
    pub queue: usize,
    /// Operations decided at once, at most.
    pub batch: usize,
    /// Memory for states, in bytes, roughly.
    pub cache_bytes: usize,
}

impl SequencerOptions {
    /// The limits that were measured to serve best.
    #[must_use]
    pub fn new(database: PgConnectOptions, clock: SharedClock) -> Self {
        Self { database, clock, queue: 8_192, batch: 512, cache_bytes: 256 << 20 }
    }
}

/// Who asks, why, and how the answer is remembered.
#[derive(Debug, Clone)]
pub struct Context {
    /// Names the command; the same id means the same command.
    pub command_id: Uuid,
    /// SHA-256 of the request. With one, the answer is kept for ever and a repeated command gets it again.
    pub fingerprint: Option<[u8; 32]>,
    /// The user who asks; none for a process.
    pub actor: Option<Uuid>,
    /// What the events belong to, unless the operation knows better.
    pub correlation: Uuid,
    /// The event that led to this command, if one did.
    pub causation: Option<Uuid>,
    /// The W3C trace context of the request.
    pub traceparent: Option<String>,
}

/// An operation and its context.
#[derive(Debug, Clone)]
pub struct Command<O> {
    /// What is to be done.
    pub operation: O,
    /// For whom and why.
    pub context: Context,
}

/// What was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<A> {
    /// What the operation answered.
    pub answer: A,
    /// The position of its last event; without events, that of the last event it was decided after.
    pub position: Position,
    /// Whether this is the answer to an earlier command of the same id.
    pub replayed: bool,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExecuteError {
    /// A rule says no. Nothing was recorded.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The command's id was used before, for another request.
    #[error("the command's id was used for another request")]
    KeyReused,
    /// Too many operations wait.
    #[error("too many operations wait")]
    QueueFull,
    /// The database can't be used now. Whether the command was carried out may be unknown: repeated with the same id,
    /// it is carried out once.
    #[error("the log can't be written now")]
    Unavailable,
    /// The operation failed in a way that it never should: a panic, or history it can't read.
    #[error("the operation failed: {0}")]
    Defect(String),
}

/// Hands operations to the sequencer's task. Cheap to clone; the task ends, after answering what was accepted, when
/// the last clone is dropped.
#[derive(Clone)]
pub struct Sequencer {
    queue: mpsc::Sender<Box<dyn Job>>,
    head: watch::Receiver<Position>,
    appended: broadcast::Sender<appended::Batch>,
}

impl Sequencer {
    /// Starts the task, on a thread of its own; the handle ends with it.
    #[must_use]
    pub fn start(options: SequencerOptions) -> (Self, JoinHandle<()>) {
        let (queue, jobs) = mpsc::channel(options.queue);
        let (announce, head) = watch::channel(0);
        let (appended, _) = broadcast::channel(appended::WAITING);
        let task = thread::run("sequencer", Worker::new(options, jobs, announce, appended.clone()).run());
        (Self { queue, head, appended }, task)
    }

    /// Carries out a command: when this returns `Ok`, its events are committed.
    ///
    /// # Errors
    /// See [`ExecuteError`].
    pub async fn execute<O: Operation>(
        &self,
        command: Command<O>,
    ) -> Result<Committed<O::Answer>, ExecuteError> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Typed::new(command, reply));
        self.queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ExecuteError::QueueFull,
            mpsc::error::TrySendError::Closed(_) => ExecuteError::Unavailable,
        })?;
        answer.await.unwrap_or(Err(ExecuteError::Unavailable))
    }

    /// Whether so many operations wait that whoever can come back later should. The rest of the queue is for those who
    /// were let in a moment ago, and for processes: nobody else ends holds while customers crowd in.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.queue.capacity() <= self.queue.max_capacity() / KEPT_FREE
    }

    /// What this sequencer appends from now on, without going through the database.
    #[must_use]
    pub fn own(&self) -> Own {
        Own::new(Appended::new(self.appended.subscribe()))
    }

    /// Follows the positions that this sequencer commits, without going through the database.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<Position> {
        self.head.clone()
    }
}
