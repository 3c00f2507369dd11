//! A ticket as whoever stands at the door is answered.

use domain::{OrderId, ShowId, TicketStatus, operations::TicketSummary};
use edge::Answered;
use event_store::{Committed, Position};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::answered, words};

/// The right to one seat.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketView {
    #[schema(example = "3V5M0QJ1E1S4D7K9PX2W6R8T0A")]
    code: String,
    #[schema(schema_with = words::ticket_status)]
    status: TicketStatus,
    #[schema(value_type = uuid::Uuid)]
    show_id: ShowId,
    #[schema(value_type = uuid::Uuid)]
    order_id: OrderId,
    /// The section's code.
    section: String,
    /// The seat, where the section has numbered ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "A-1")]
    seat: Option<String>,
    /// The log position of the last event.
    #[schema(value_type = i64)]
    position: Position,
}

impl TicketView {
    pub(super) fn answer(committed: Committed<TicketSummary>) -> Answered<Self> {
        answered(StatusCode::OK, committed, |ticket, position| Self {
            code: ticket.code.to_string(),
            status: ticket.status,
            show_id: ticket.show_id,
            order_id: ticket.order_id,
            section: ticket.section.to_string(),
            seat: ticket.seat.map(|seat| seat.to_string()),
            position,
        })
    }
}
