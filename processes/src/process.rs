//! What a process is.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{Category, DomainEvent};
use event_store::{Context, RecordedEvent};
use uuid::Uuid;

/// Names the commands of processes among all `UUIDv5`s.
const COMMANDS: Uuid = Uuid::from_u128(0x6d1f_39c8_54f1_4a5e_9b5a_3f6f_1c0e_77d2);

/// What follows from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// A step is to be performed at a time, or at once if that has passed.
    Schedule {
        /// What it is done to.
        target: Uuid,
        /// What is done.
        step: &'static str,
        /// When.
        due_at: DateTime<Utc>,
    },
    /// A step that still waits is due earlier.
    Hasten {
        /// What it is done to.
        target: Uuid,
        /// What is done.
        step: &'static str,
        /// When, at the latest.
        due_at: DateTime<Utc>,
    },
    /// A step that was scheduled has become pointless.
    Drop {
        /// What it was to be done to.
        target: Uuid,
        /// What was to be done.
        step: &'static str,
    },
}

/// A step that is due.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Step {
    /// What it is done to.
    pub target: Uuid,
    /// What is done.
    pub step: String,
    /// The event that led to it.
    pub cause: Uuid,
    /// When it was due.
    pub due_at: DateTime<Utc>,
    /// How often it failed.
    pub attempts: i32,
    /// How often it was tried in vain because somebody else's service was away.
    pub outages: i32,
}

/// How performing a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Performed {
    /// It is done, or there was nothing to do.
    Done,
    /// It is too early.
    NotBefore(DateTime<Utc>),
    /// Somebody else has it in hand, and is asked about it then. What failed before still counts.
    InHand(DateTime<Utc>),
    /// A part of it is done; the rest follows.
    Partly {
        /// How far it is, for people.
        progress: String,
        /// When it goes on.
        next: DateTime<Utc>,
    },
    /// It can't be done now, because an engine of ours is away; it is tried again and not counted.
    Unavailable,
    /// Somebody else's service is not to be had. It comes back by itself: it is tried again for a day.
    Away {
        /// What was seen of it.
        reason: String,
        /// How long it wants to be left alone, if it said so.
        for_at_least: Option<Duration>,
    },
    /// It failed; it is tried again, but not for long.
    Failed(String),
}

/// A process: pure reactions to events, and the performing of steps.
pub trait Process: Send + Sync + 'static {
    /// Its name: of its checkpoint, its lease, and in the ids of its commands.
    const NAME: &'static str;

    /// Steps performed at once. Few where nobody waits for them, so that they leave room for those who are waited for.
    const AT_ONCE: usize = 512;

    /// Steps that wait in line for one of those to end, so that quick ones go on while the runner reads and records.
    const IN_LINE: usize = 0;

    /// What it performs steps with.
    type Context: Clone + Send + Sync + 'static;

    /// Whether events of such streams matter to it; others are not even read.
    fn concerns(category: Category) -> bool;

    /// What follows from an event of a stream that concerns it. Pure: the same event always leads to the same reactions.
    fn react(event: &DomainEvent, record: &RecordedEvent) -> Vec<Reaction>;

    /// Performs a step, by a command whose id is the same every time. May be called more than once for a step, also
    /// by two programs at once and after another event has made the step pointless. So that it takes effect once,
    /// the operation must add nothing when repeated, by a rule of its own; one that has no such rule must be given a
    /// fingerprint, with which the answer to its id is kept for ever. Given up after 4 s, and then tried again.
    fn perform(context: &Self::Context, step: &Step) -> impl Future<Output = Performed> + Send;
}

/// The context of a command by which a process performs a step. No answer is kept: the operation must add nothing when
/// repeated, by a rule of its own.
pub(crate) fn command_context(process: &str, step: &Step) -> Context {
    Context {
        command_id: command_id(process, step),
        fingerprint: None,
        actor: None,
        correlation: step.target,
        causation: Some(step.cause),
        traceparent: None,
    }
}

/// The id of the command by which a process performs a step: the same however often it is performed.
pub(crate) fn command_id(process: &str, step: &Step) -> Uuid {
    let name = format!("{process}/{}/{}/{}", step.cause, step.step, step.target);
    Uuid::new_v5(&COMMANDS, name.as_bytes())
}
