//! What is kept of an order and of a ticket.

use domain::{IssuedTicket, OrderEvent, OrderStatus, PlacedOrder, TicketCode, TicketEvent, TicketStatus};
use event_store::Position;

use crate::{happened::Happened, read_model::Misfit};

/// A row of the read model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrdersRow {
    /// An order.
    Order(Box<OrderRow>),
    /// A ticket.
    Ticket(TicketRow),
}

/// An order as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Everything that was settled when it was placed.
    pub placed: PlacedOrder,
    /// Where it stands.
    pub status: OrderStatus,
    /// Why it failed.
    pub reason: Option<String>,
    /// One for each line, once it is confirmed.
    pub tickets: Vec<TicketCode>,
    /// The event that made it.
    pub created_position: Position,
    /// Its last event.
    pub position: Position,
}

/// A ticket as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// What it is for.
    pub ticket: IssuedTicket,
    /// Where it stands.
    pub status: TicketStatus,
}

impl OrdersRow {
    pub(super) fn order(row: OrderRow) -> Self {
        Self::Order(Box::new(row))
    }
}

impl OrderRow {
    pub(super) fn fold(row: Option<Self>, what: &OrderEvent, event: &Happened) -> Result<Self, Misfit> {
        if let OrderEvent::OrderPlaced(placed) = what {
            return Ok(Self::placed(placed.clone(), event.position));
        }
        let mut row = row.ok_or_else(|| Misfit::no_row(event))?;
        row.position = event.position;
        row.reason = None;
        match what {
            OrderEvent::OrderPlaced(_) => {}
            OrderEvent::OrderConfirmed { tickets, .. } => {
                (row.status, row.tickets) = (OrderStatus::Confirmed, tickets.clone());
            }
            OrderEvent::OrderFailed { reason } => {
                (row.status, row.reason) = (OrderStatus::Failed, Some(reason.clone()));
            }
            OrderEvent::OrderCancelled {} => row.status = OrderStatus::Cancelled,
            OrderEvent::OrderExpired {} => row.status = OrderStatus::Expired,
            OrderEvent::OrderRefunded {} => row.status = OrderStatus::Refunded,
        }
        Ok(row)
    }

    fn placed(placed: PlacedOrder, position: Position) -> Self {
        let (status, created_position) = (OrderStatus::Pending, position);
        Self { placed, status, reason: None, tickets: Vec::new(), created_position, position }
    }
}

impl TicketRow {
    pub(super) fn fold(row: Option<Self>, what: &TicketEvent, event: &Happened) -> Result<Self, Misfit> {
        if let TicketEvent::TicketIssued(ticket) = what {
            return Ok(Self { ticket: ticket.clone(), status: TicketStatus::Issued });
        }
        let row = row.ok_or_else(|| Misfit::no_row(event))?;
        let status = match what {
            TicketEvent::TicketIssued(_) => TicketStatus::Issued,
            TicketEvent::TicketCheckedIn {} => TicketStatus::CheckedIn,
            TicketEvent::TicketVoided {} => TicketStatus::Void,
        };
        Ok(Self { status, ..row })
    }
}
