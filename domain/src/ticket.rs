//! A ticket: the right to one seat at one show.
//!
//! ```text
//! NotIssued ── issue ──▶ Issued ── check in ──▶ CheckedIn
//!                          └────── void ───────────┴──▶ Void
//! ```

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Code, Decider, OrderId, SeatName, ShowId, UserId, words::words};

words! {
    /// Where a ticket stands.
    TicketStatus {
        /// Good for admission.
        Issued = "issued",
        /// Its holder is inside.
        CheckedIn = "checked_in",
        /// No longer good.
        Void = "void",
    }
}

/// What a ticket is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedTicket {
    /// The order it was sold with.
    pub order: OrderId,
    /// The show.
    pub show: ShowId,
    /// Who bought it.
    pub customer: UserId,
    /// The section's code.
    pub section: Code,
    /// The seat, where the section has numbered ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatName>,
}

/// The state of a ticket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ticket {
    /// Nothing happened yet.
    #[default]
    NotIssued,
    /// Good for admission.
    Issued(Arc<IssuedTicket>),
    /// Its holder is inside.
    CheckedIn(Arc<IssuedTicket>),
    /// No longer good.
    Void(Arc<IssuedTicket>),
}

/// What can be asked of a ticket.
#[derive(Debug, Clone)]
pub enum TicketCommand {
    /// Bring it into being.
    Issue(IssuedTicket),
    /// Its holder goes in.
    CheckIn,
    /// It is to be good no longer.
    Void,
}

/// What can have happened to a ticket. Stored for ever: a variant or an optional field may be added, never renamed
/// or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TicketEvent {
    /// It was sold.
    TicketIssued(IssuedTicket),
    /// Its holder went in.
    TicketCheckedIn {},
    /// It is no longer good.
    TicketVoided {},
}

/// Why a ticket says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketRefusal {
    /// There is no such ticket.
    NotIssued,
    /// Somebody went in with it.
    AlreadyCheckedIn,
    /// It is no longer good.
    Void,
}

impl Decider for Ticket {
    type Command<'a> = TicketCommand;
    type Event = TicketEvent;
    type Refusal = TicketRefusal;

    fn decide(&self, command: TicketCommand) -> Result<Vec<TicketEvent>, TicketRefusal> {
        match command {
            TicketCommand::Issue(ticket) => Ok(self.issue(ticket)),
            TicketCommand::CheckIn => self.check_in(),
            TicketCommand::Void => self.void(),
        }
    }

    fn evolve(&mut self, event: &TicketEvent) {
        if let TicketEvent::TicketIssued(ticket) = event {
            *self = Self::Issued(Arc::new(ticket.clone()));
            return;
        }
        let Some(ticket) = self.issued().cloned() else { return };
        *self = match event {
            TicketEvent::TicketIssued(_) => Self::Issued(ticket),
            TicketEvent::TicketCheckedIn {} => Self::CheckedIn(ticket),
            TicketEvent::TicketVoided {} => Self::Void(ticket),
        };
    }
}

impl Ticket {
    /// See [`crate::State::snapshot_schema`].
    pub const SNAPSHOT_SCHEMA: i16 = 1;

    fn issue(&self, ticket: IssuedTicket) -> Vec<TicketEvent> {
        match self {
            Self::NotIssued => vec![TicketEvent::TicketIssued(ticket)],
            Self::Issued(_) | Self::CheckedIn(_) | Self::Void(_) => vec![],
        }
    }

    /// Once: whoever shows the same code again is refused.
    fn check_in(&self) -> Result<Vec<TicketEvent>, TicketRefusal> {
        match self {
            Self::NotIssued => Err(TicketRefusal::NotIssued),
            Self::Issued(_) => Ok(vec![TicketEvent::TicketCheckedIn {}]),
            Self::CheckedIn(_) => Err(TicketRefusal::AlreadyCheckedIn),
            Self::Void(_) => Err(TicketRefusal::Void),
        }
    }

    fn void(&self) -> Result<Vec<TicketEvent>, TicketRefusal> {
        match self {
            Self::NotIssued => Err(TicketRefusal::NotIssued),
            Self::Issued(_) | Self::CheckedIn(_) => Ok(vec![TicketEvent::TicketVoided {}]),
            Self::Void(_) => Ok(vec![]),
        }
    }

    /// What it is for, if it was issued.
    #[must_use]
    pub fn issued(&self) -> Option<&Arc<IssuedTicket>> {
        match self {
            Self::NotIssued => None,
            Self::Issued(ticket) | Self::CheckedIn(ticket) | Self::Void(ticket) => Some(ticket),
        }
    }

    /// Where it stands, if it was issued.
    #[must_use]
    pub fn status(&self) -> Option<TicketStatus> {
        match self {
            Self::NotIssued => None,
            Self::Issued(_) => Some(TicketStatus::Issued),
            Self::CheckedIn(_) => Some(TicketStatus::CheckedIn),
            Self::Void(_) => Some(TicketStatus::Void),
        }
    }

    /// See [`crate::Aggregate::weight`].
    #[must_use]
    pub fn approximate_bytes(&self) -> usize {
        size_of::<Self>() + size_of::<IssuedTicket>()
    }
}
