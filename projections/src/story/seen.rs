//! An event, read as far as this program can, and whether it is part of an order's story.

use domain::{DomainEvent, OrderId, StreamId};
use event_store::{Metadata, RecordedEvent};

use super::order_of;

/// An event. A story with a hole would be worse than one with a line that says less, so what can't be read stays.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) record: RecordedEvent,
    pub(super) metadata: Option<Metadata>,
    pub(super) event: Option<DomainEvent>,
}

/// Whose business an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concern {
    /// The order's.
    Ours,
    /// Another order's.
    Others,
    /// No order's.
    Nobodys,
}

/// An order and the streams that are its own.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) order: OrderId,
    pub(super) streams: Vec<StreamId>,
}

impl Seen {
    pub(super) fn new(record: RecordedEvent) -> Self {
        let event = record.stream().ok().zip(record.stored().ok());
        let event = event.and_then(|(stream, stored)| DomainEvent::decode(stream, stored).ok());
        Self { metadata: record.metadata().ok(), event, record }
    }

    /// Whether both are of one command.
    pub(super) fn is_of_the_command_of(&self, other: &Self) -> bool {
        let command = |seen: &Self| seen.metadata.as_ref().map(|metadata| metadata.command_id);
        command(self).is_some_and(|mine| command(other) == Some(mine))
    }
}

impl Subject {
    pub(super) fn concern(&self, seen: &Seen) -> Concern {
        if seen.record.stream().is_ok_and(|stream| self.streams.contains(&stream)) {
            return Concern::Ours;
        }
        let named = match &seen.event {
            Some(DomainEvent::Inventory(_, event)) => Some(event.order()),
            Some(DomainEvent::Account(_, event)) => order_of(event),
            Some(DomainEvent::Order(..) | DomainEvent::Payment(..) | DomainEvent::Ticket(..)) => {
                return Concern::Others;
            }
            Some(DomainEvent::Show(..)) => None,
            None => return self.concern_of_unreadable(seen),
        };
        match named {
            Some(order) if order == self.order => Concern::Ours,
            Some(_) => Concern::Others,
            None => Concern::Nobodys,
        }
    }

    /// By what it belongs to: commands about an order say so.
    fn concern_of_unreadable(&self, seen: &Seen) -> Concern {
        match &seen.metadata {
            Some(metadata) if metadata.correlation == self.order.uuid() => Concern::Ours,
            Some(_) | None => Concern::Nobodys,
        }
    }
}
