//! Refusals as problems, in one place: the domain knows no HTTP.

use domain::{Refusal, SeatRef};
use edge::{FieldError, Problem};
use event_store::ExecuteError;

/// Why a command was not carried out, as the caller is told.
pub(crate) fn problem(error: ExecuteError) -> Problem {
    match error {
        ExecuteError::Refused(refusal) => refused(refusal),
        ExecuteError::KeyReused => Problem::idempotency_key_reused(),
        ExecuteError::QueueFull => Problem::queue_full(),
        ExecuteError::Unavailable => Problem::engine_away("the log can't be written"),
        ExecuteError::Defect(cause) => Problem::internal(cause),
    }
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotFound => Problem::not_found(),
        Refusal::Invalid { errors } => invalid(errors),
        Refusal::EventTooLarge => invalid(vec![(String::new(), "is too large to be recorded".to_owned())]),
        Refusal::NotEnoughAvailable { available } => Problem::not_enough_available(available.into()),
        Refusal::SeatsTaken { seats } => Problem::seats_taken(&seats.iter().map(name).collect::<Vec<_>>()),
        Refusal::NoAdjacentSeats { largest_block } => Problem::no_adjacent_seats(largest_block.into()),
        Refusal::ShowNotOnSale => Problem::show_not_on_sale(),
        Refusal::OrderNotPending { current_status } => Problem::order_not_pending(current_status.as_str()),
        Refusal::PaymentNotPending { current_status } => {
            Problem::payment_not_pending(current_status.as_str())
        }
        Refusal::OrderNotRefundable { current_status, refund_requested } => {
            Problem::order_not_refundable(current_status.as_str(), refund_requested)
        }
        Refusal::AccountExists => Problem::account_exists(),
        Refusal::AlreadyCheckedIn => Problem::already_checked_in(),
        Refusal::TicketVoid => Problem::ticket_void(),
        Refusal::PaymentMethodUnavailable => Problem::payment_method_unavailable(),
        Refusal::CustomerLimit { limit } => Problem::customer_limit(limit.into()),
        Refusal::VersionMismatch { .. } => Problem::precondition_failed(),
        Refusal::ShowTransition { current_status } => Problem::show_status(current_status.as_str()),
        Refusal::ShowFieldFixed { pointer } => fixed(&pointer),
        // Only the process that ends holds hears this, and a stream that was not named is a fault of ours.
        refusal @ (Refusal::HoldNotEnded { .. } | Refusal::StreamNotLoaded(_)) => Problem::internal(refusal),
    }
}

fn invalid(errors: Vec<(String, String)>) -> Problem {
    let errors: Vec<_> =
        errors.into_iter().map(|(pointer, detail)| FieldError::new(pointer, detail)).collect();
    Problem::invalid(&errors)
}

fn fixed(pointer: &str) -> Problem {
    let detail = format!("{pointer} may not change once the show has been published.");
    Problem::conflict("show-field-fixed", "The field may not change any more", detail)
        .with("pointer", pointer)
}

/// As the order named it.
fn name(seat: &SeatRef) -> String {
    seat.seat.map_or_else(|| seat.section.to_string(), |seat| seat.to_string())
}
