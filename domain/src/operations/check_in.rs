//! A ticket's holder goes in.

use super::TicketSummary;
use crate::{
    Operation, Refusal, Show, States, StreamId, Ticket, TicketCode, UnitOfWork, UserId, ticket::TicketCommand,
};

/// Let a ticket's holder in, once.
#[derive(Debug, Clone, Copy)]
pub struct CheckIn {
    /// The ticket.
    pub code: TicketCode,
    /// Who lets in: the show's organizer.
    pub organizer: UserId,
}

impl Operation for CheckIn {
    type Answer = TicketSummary;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        let mut streams = vec![StreamId::ticket(self.code)];
        if let Some(ticket) = known.known::<Ticket>(self.code).and_then(Ticket::issued) {
            streams.push(StreamId::show(ticket.show));
        }
        streams
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<TicketSummary, Refusal> {
        let ticket = work.state::<Ticket>(self.code)?.issued().cloned().ok_or(Refusal::NotFound)?;
        let organizer = work.state::<Show>(ticket.show)?.details().map(|details| details.organizer);
        if organizer != Some(self.organizer) {
            return Err(Refusal::NotFound);
        }
        work.correlate(ticket.order.uuid());
        work.decide::<Ticket>(self.code, TicketCommand::CheckIn)?;
        TicketSummary::of(self.code, work)
    }
}
