//! Events in words. Users and tickets are not named: a history is read over shoulders, and a ticket's code lets in.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use domain::{Currency, OrderEvent, OrderLine, PaymentEvent, PaymentMethod};

/// What happened to an order.
pub(super) fn of_order(event: &OrderEvent) -> String {
    match event {
        OrderEvent::OrderPlaced(placed) => format!(
            "The order was placed: {}, for {} with tax. The seats are held until {}.",
            seats(&placed.lines),
            money(placed.total, placed.currency),
            placed.held_until.to_rfc3339_opts(SecondsFormat::Secs, true)
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

/// What happened to a payment.
pub(super) fn of_payment(event: &PaymentEvent) -> String {
    match event {
        PaymentEvent::PaymentRequested(request) => {
            format!("{} became due, {}.", money(request.amount, request.currency), method(request.method))
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

fn method(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Manual => "to be confirmed by the box office",
        PaymentMethod::Wallet => "from the customer's account",
        PaymentMethod::Card => "by card",
    }
}

/// Such as `2 seats (STALLS A-1, STALLS A-2)` or `3 seats (3 in FLOOR)`.
fn seats(lines: &[OrderLine]) -> String {
    let named = lines.iter().filter_map(|line| Some(format!("{} {}", line.section, line.seat?)));
    let mut by_quantity: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.seat.is_none()) {
        *by_quantity.entry(line.section.as_str()).or_default() += 1;
    }
    let quantities = by_quantity.into_iter().map(|(section, count)| format!("{count} in {section}"));
    let places: Vec<String> = named.chain(quantities).collect();
    format!("{} ({})", counted(lines.len(), "seat"), places.join(", "))
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Minor units as people write them: `21.40 EUR`, `500 JPY`.
fn money(minor: i64, currency: Currency) -> String {
    let digits = currency.exponent().unwrap_or_default();
    let unit = 10_i64.saturating_pow(u32::from(digits));
    let (whole, part) = (minor / unit, (minor % unit).unsigned_abs());
    match digits {
        0 => format!("{whole} {}", currency.code()),
        1.. => format!("{whole}.{part:0width$} {}", currency.code(), width = usize::from(digits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(section: &str, seat: Option<&str>) -> OrderLine {
        let seat = seat.map(|seat| seat.parse().unwrap());
        OrderLine { section: section.parse().unwrap(), seat, price: 1_000 }
    }

    #[test]
    fn money_is_written_with_its_currency_s_decimals() {
        assert_eq!(money(2_140, Currency::EUR), "21.40 EUR");
        assert_eq!(money(5, Currency::EUR), "0.05 EUR");
        assert_eq!(money(500, Currency::JPY), "500 JPY");
        assert_eq!(money(1_234, Currency::KWD), "1.234 KWD");
        assert_eq!(money(i64::MAX, Currency::EUR), "92233720368547758.07 EUR");
    }

    #[test]
    fn seats_are_named_where_they_have_names() {
        assert_eq!(seats(&[line("FLOOR", None)]), "1 seat (1 in FLOOR)");
        let mixed = [line("FLOOR", None), line("STALLS", Some("A-1")), line("FLOOR", None)];
        assert_eq!(seats(&mixed), "3 seats (STALLS A-1, 2 in FLOOR)");
    }
}
