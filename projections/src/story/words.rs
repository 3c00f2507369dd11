//! Events in words. Users and tickets are not named: a history is read over shoulders, and a ticket's code lets in.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    AccountEvent, DomainEvent, InventoryEvent, Money, OrderEvent, OrderLine, PaymentEvent, PaymentMethod,
    ReleaseReason, SeatRef, ShowEvent, Ticket, TicketEvent,
};

use super::state::Standing;

/// What happened. `standing` is how things stood then.
pub(super) fn of(event: &DomainEvent, standing: &Standing) -> String {
    match event {
        DomainEvent::Order(_, event) => of_order(event),
        DomainEvent::Payment(_, event) => of_payment(event),
        DomainEvent::Inventory(_, event) => of_inventory(event),
        DomainEvent::Ticket(_, what) => of_ticket(what, standing.ticket(event.stream())),
        DomainEvent::Account(_, event) => of_account(event),
        DomainEvent::Show(_, event) => of_show(event).to_owned(),
    }
}

fn of_order(event: &OrderEvent) -> String {
    match event {
        OrderEvent::OrderPlaced(placed) => format!(
            "The order was placed: {}, for {} with tax. The seats are held until {}.",
            seats(&places(&placed.lines)),
            Money::new(placed.total, placed.currency),
            time(placed.held_until)
        ),
        OrderEvent::OrderConfirmed { tickets, .. } => {
            format!("The order was confirmed, with {}.", counted(tickets.len(), "ticket"))
        }
        OrderEvent::OrderFailed { reason } => format!("The order failed: {reason}."),
        OrderEvent::OrderCancelled {} => "The order was cancelled and its seats given back.".into(),
        OrderEvent::OrderExpired {} => "The hold ended unpaid and the seats were given back.".into(),
        OrderEvent::OrderRefunded {} => "The order was refunded.".into(),
    }
}

fn of_payment(event: &PaymentEvent) -> String {
    match event {
        PaymentEvent::PaymentRequested(request) => {
            format!(
                "{} became due, {}.",
                Money::new(request.amount, request.currency),
                method(request.method)
            )
        }
        PaymentEvent::PaymentSucceeded { .. } => "The money came.".into(),
        PaymentEvent::PaymentFailed { reason } => format!("The payment failed: {reason}."),
        PaymentEvent::PaymentCancelled {} => "The payment is no longer wanted.".into(),
        PaymentEvent::PaymentRefundRequested { reason } => {
            format!("The money is to be paid back: {reason}.")
        }
        PaymentEvent::PaymentRefunded { .. } => "The money was paid back.".into(),
    }
}

fn of_inventory(event: &InventoryEvent) -> String {
    match event {
        InventoryEvent::SeatsReserved { seats: held, until, .. } => {
            format!("Held until {}: {}.", time(*until), seats(held))
        }
        InventoryEvent::SeatsCommitted { seats: sold, .. } => format!("Sold: {}.", seats(sold)),
        InventoryEvent::SeatsReleased { seats: freed, were, reason, .. } => {
            let why = match reason {
                ReleaseReason::Cancelled => "the order was cancelled",
                ReleaseReason::Expired => "the hold ended unpaid",
                ReleaseReason::PaymentFailed => "the payment failed",
                ReleaseReason::Refunded => "the order is paid back",
            };
            format!("On sale again, {were} until now, because {why}: {}.", seats(freed))
        }
    }
}

fn of_ticket(event: &TicketEvent, ticket: Option<&Ticket>) -> String {
    let issued = ticket.and_then(Ticket::issued);
    let place = issued.map(|ticket| place(SeatRef { section: ticket.section, seat: ticket.seat }));
    let place = place.unwrap_or_else(|| "an unknown seat".to_owned());
    match event {
        TicketEvent::TicketIssued(_) => format!("The ticket for {place} was issued."),
        TicketEvent::TicketCheckedIn {} => format!("The holder of the ticket for {place} went in."),
        TicketEvent::TicketVoided {} => format!("The ticket for {place} is void."),
    }
}

fn of_account(event: &AccountEvent) -> String {
    match event {
        AccountEvent::AccountOpened { .. } => "The customer's account was opened.".into(),
        AccountEvent::FundsDeposited { amount, currency } => {
            format!("{} came into the customer's account.", Money::new(*amount, *currency))
        }
        AccountEvent::FundsDebited { amount, currency, .. } => {
            format!("{} went out of the customer's account.", Money::new(*amount, *currency))
        }
        AccountEvent::FundsCredited { amount, currency, .. } => {
            format!("{} went back into the customer's account.", Money::new(*amount, *currency))
        }
    }
}

fn of_show(event: &ShowEvent) -> &'static str {
    match event {
        ShowEvent::ShowScheduled { .. } => "The show was planned.",
        ShowEvent::ShowRevised { .. } => "The show was changed.",
        ShowEvent::ShowPublished {} => "The show went on sale.",
        ShowEvent::ShowClosed {} => "The show was closed.",
        ShowEvent::ShowCancelled {} => "The show was cancelled.",
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn method(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Manual => "to be confirmed by the box office",
        PaymentMethod::Wallet => "from the customer's account",
        PaymentMethod::Card => "by card",
    }
}

fn places(lines: &[OrderLine]) -> Vec<SeatRef> {
    lines.iter().map(|line| SeatRef { section: line.section, seat: line.seat }).collect()
}

fn place(seat: SeatRef) -> String {
    match seat.seat {
        Some(name) => format!("{} {name}", seat.section),
        None => seat.section.to_string(),
    }
}

/// Such as `2 seats (STALLS A-1, STALLS A-2)` or `3 seats (3 in FLOOR)`.
fn seats(seats: &[SeatRef]) -> String {
    let named = seats.iter().filter(|seat| seat.seat.is_some()).map(|seat| place(*seat));
    let mut by_quantity: BTreeMap<&str, usize> = BTreeMap::new();
    for seat in seats.iter().filter(|seat| seat.seat.is_none()) {
        *by_quantity.entry(seat.section.as_str()).or_default() += 1;
    }
    let quantities = by_quantity.into_iter().map(|(section, count)| format!("{count} in {section}"));
    let places: Vec<String> = named.chain(quantities).collect();
    format!("{} ({})", counted(seats.len(), "seat"), places.join(", "))
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(section: &str, seat: Option<&str>) -> SeatRef {
        SeatRef { section: section.parse().unwrap(), seat: seat.map(|seat| seat.parse().unwrap()) }
    }

    #[test]
    fn seats_are_named_where_they_have_names() {
        assert_eq!(seats(&[seat("FLOOR", None)]), "1 seat (1 in FLOOR)");
        let mixed = [seat("FLOOR", None), seat("STALLS", Some("A-1")), seat("FLOOR", None)];
        assert_eq!(seats(&mixed), "3 seats (STALLS A-1, 2 in FLOOR)");
    }
}
