use chrono::{DateTime, Utc};
use domain::{Currency, OrderId, PaymentId, PaymentMethod, ShowId, UserId};
use uuid::Uuid;

use super::*;
use crate::notifications::kind::Kind;

fn placed(title: &str) -> PlacedOrder {
    let line = |section: &str, seat: Option<&str>| OrderLine {
        section: section.parse().unwrap(),
        seat: seat.map(|seat| seat.parse().unwrap()),
        price: 1_000,
    };
    PlacedOrder {
        customer: UserId::from(Uuid::from_u128(1)),
        show: ShowId::from(Uuid::from_u128(2)),
        organizer: UserId::from(Uuid::from_u128(3)),
        payment: PaymentId::from(Uuid::from_u128(4)),
        title: title.to_owned(),
        lines: vec![line("FLOOR", None), line("STALLS", Some("A-1"))],
        subtotal: 2_000,
        tax_basis_points: 700,
        tax: 140,
        total: 2_140,
        currency: Currency::EUR,
        method: PaymentMethod::Manual,
        held_until: DateTime::<Utc>::UNIX_EPOCH,
        created_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn told(event: OrderEvent) -> Told {
    Told::of(&Happened {
        order: OrderId::from(Uuid::from_u128(5)),
        placed: placed("Lear"),
        kind: Kind::of(&event).unwrap(),
        event,
        at: DateTime::<Utc>::UNIX_EPOCH,
        position: 1,
    })
}

fn expect(event: OrderEvent, subject: &str, body: &str) {
    let told = told(event);
    assert_eq!((told.subject.as_str(), told.body.as_str()), (subject, body));
}

#[test]
fn a_confirmed_order_tells_its_tickets() {
    let tickets = [1, 2].map(TicketCode::from_bits).to_vec();
    let payment = PaymentId::from(Uuid::from_u128(4));
    expect(
        OrderEvent::OrderConfirmed { payment, tickets },
        "Your tickets for Lear",
        "Good news: your order is confirmed. We look forward to seeing you at Lear.\n\n\
         00000000000000000000000001: FLOOR\n\
         00000000000000000000000002: STALLS, seat A-1\n\n\
         Show these codes at the door. Each lets one person in.\n\n\
         You paid 21.40 EUR.\n\n\
         Your order: 00000000-0000-0000-0000-000000000005",
    );
}

#[test]
fn a_failed_order_tells_the_reason() {
    expect(
        OrderEvent::OrderFailed { reason: "card declined".into() },
        "Your order for Lear did not go through",
        "Sorry, the payment of 21.40 EUR for Lear did not go through: card declined\n\n\
         Your seats are free again. You are welcome to order once more.\n\n\
         Your order: 00000000-0000-0000-0000-000000000005",
    );
}

#[test]
fn an_expired_order_tells_what_becomes_of_late_money() {
    expect(
        OrderEvent::OrderExpired {},
        "Your order for Lear has expired",
        "Sorry, the payment of 21.40 EUR for Lear did not arrive in time, so your seats are free again.\n\n\
         If the money is on its way, you get your seats if they are still to be had, and otherwise your money \
         back.\n\n\
         Your order: 00000000-0000-0000-0000-000000000005",
    );
}

#[test]
fn a_refunded_order_tells_what_was_paid_back() {
    expect(
        OrderEvent::OrderRefunded {},
        "Your refund for Lear",
        "We have paid back 21.40 EUR for Lear.\n\nThe tickets of this order are no longer valid.\n\n\
         Your order: 00000000-0000-0000-0000-000000000005",
    );
}
