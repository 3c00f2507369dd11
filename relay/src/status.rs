//! What the relay says of itself.

use event_store::{Head, Position};
use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    error::{Accident, RelayError},
    identity::as_position,
};

/// What the relay is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RelayState {
    /// Another relay leads; this one would take over.
    Standby,
    /// Postgres or NATS is not to be had at the moment; it keeps trying.
    Connecting,
    /// Publishing, or up to date.
    Relaying,
    /// Stream and log differ: it waits for `stagedoor relay reset`. Readiness must say so.
    Stopped {
        /// How they differ.
        reason: Accident,
    },
}

/// What the relay says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelayStatus {
    /// What it is doing.
    #[serde(flatten)]
    pub state: RelayState,
    /// The last position known to be in the stream.
    pub position: Position,
    /// The log's end when the relay last compared stream and log.
    pub head: Position,
    /// The log it reads, once it knows.
    pub log_id: Option<Uuid>,
    /// Why it is not relaying, where something failed.
    pub problem: Option<String>,
}

/// Where the relay says it, and counts it.
#[derive(Debug)]
pub(crate) struct StatusSender(watch::Sender<RelayStatus>);

impl StatusSender {
    pub(crate) fn new() -> (Self, watch::Receiver<RelayStatus>) {
        metrics::describe_gauge!("stagedoor_relay_position", "Last log position acknowledged by JetStream.");
        metrics::describe_counter!("stagedoor_relay_published_total", "Messages acknowledged by JetStream.");
        metrics::describe_counter!(
            "stagedoor_relay_failures_total",
            "Attempts to relay that ended with an error."
        );
        metrics::describe_gauge!("stagedoor_relay_stopped", "1 while stream and log differ.");
        let (sender, receiver) = watch::channel(RelayStatus {
            state: RelayState::Standby,
            position: 0,
            head: 0,
            log_id: None,
            problem: None,
        });
        (Self(sender), receiver)
    }

    pub(crate) fn position(&self) -> Position {
        self.0.borrow().position
    }

    pub(crate) fn standby(&self) {
        self.0.send_modify(|status| {
            status.state = RelayState::Standby;
            status.problem = None;
        });
    }

    pub(crate) fn connecting(&self) {
        self.0.send_modify(|status| status.state = RelayState::Connecting);
    }

    pub(crate) fn relaying(&self, head: &Head, position: Position) {
        self.0.send_modify(|status| {
            // Whether NATS still contradicts itself shows when it accepts something.
            let state = match &status.state {
                RelayState::Stopped { reason: Accident::Contradiction { last, .. } }
                    if as_position(*last) == position =>
                {
                    status.state.clone()
                }
                RelayState::Stopped { .. }
                | RelayState::Standby
                | RelayState::Connecting
                | RelayState::Relaying => RelayState::Relaying,
            };
            metrics::gauge!("stagedoor_relay_stopped").set(u8::from(state != RelayState::Relaying));
            *status = RelayStatus {
                state,
                position,
                head: head.position,
                log_id: Some(head.log_id),
                problem: None,
            };
        });
    }

    pub(crate) fn relayed(&self, position: Position) {
        self.0.send_modify(|status| {
            let more = u64::try_from(position - status.position).unwrap_or_default();
            metrics::counter!("stagedoor_relay_published_total").increment(more);
            status.state = RelayState::Relaying;
            status.position = position;
            status.head = status.head.max(position);
        });
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        metrics::gauge!("stagedoor_relay_position").set(position as f64);
    }

    /// Loud, but once per cause: attempts are repeated.
    pub(crate) fn failed(&self, error: &RelayError) {
        metrics::counter!("stagedoor_relay_failures_total").increment(1);
        let state = match error {
            RelayError::Stopped(accident) => RelayState::Stopped { reason: accident.clone() },
            RelayError::Log(_)
            | RelayError::Nats { .. }
            | RelayError::Doubt { .. }
            | RelayError::OutOfStep { .. }
            | RelayError::Hidden { .. }
            | RelayError::LogChanged(_)
            | RelayError::Unnameable(_)
            | RelayError::NotRefilling(_) => RelayState::Connecting,
        };
        let stopped = matches!(state, RelayState::Stopped { .. });
        metrics::gauge!("stagedoor_relay_stopped").set(u8::from(stopped));
        let problem = Some(error.to_string());
        let news = self.0.borrow().problem != problem;
        self.0.send_modify(|status| (status.state, status.problem) = (state, problem));
        if news && stopped {
            tracing::error!(%error, "the relay has stopped");
        } else if news {
            tracing::warn!(%error, "the relay was interrupted; trying again");
        }
    }
}
