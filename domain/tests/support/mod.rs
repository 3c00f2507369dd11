//! What the tests of the domain share: values, given/when/then, and a log in memory to run operations on.

#![allow(dead_code, unreachable_pub)] // Each test file uses its own part.

pub mod spec;
pub mod world;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Currency, OrderId, OrderItem, OrderLine, PaymentId, PaymentMethod, PlacedOrder, RowDraft, Seating,
    SectionDraft, ShowDraft, ShowId, UserId, Wanted,
};
use uuid::Uuid;

pub fn noon() -> DateTime<Utc> {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

pub fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

pub fn show_id() -> ShowId {
    Uuid::from_u128(1).into()
}

pub fn organizer() -> UserId {
    Uuid::from_u128(2).into()
}

pub fn customer(number: u128) -> UserId {
    Uuid::from_u128(1_000 + number).into()
}

pub fn order_id(number: u128) -> OrderId {
    Uuid::from_u128(1_000_000 + number).into()
}

pub fn payment_id(number: u128) -> PaymentId {
    Uuid::from_u128(2_000_000 + number).into()
}

pub fn rows(rows: &[(&str, u32)]) -> Seating {
    Seating::Rows(rows.iter().map(|&(row, seats)| RowDraft { row: row.to_owned(), seats }).collect())
}

pub fn section(code: &str, price: i64, seating: Seating) -> SectionDraft {
    SectionDraft { code: code.to_owned(), name: format!("Section {code}"), price, seating }
}

/// A floor of 5 places and 6 + 4 numbered seats.
pub fn draft() -> ShowDraft {
    let floor = section("floor", 1_000, Seating::Quantity { capacity: 5 });
    draft_of(vec![floor, section("stalls", 2_550, rows(&[("A", 6), ("B", 4)]))])
}

pub fn draft_of(sections: Vec<SectionDraft>) -> ShowDraft {
    ShowDraft {
        title: "Twelfth Night".into(),
        venue: "Globe".into(),
        starts_at: noon() + TimeDelta::days(90),
        time_zone: "Europe/London".into(),
        currency: Currency::GBP,
        tax_basis_points: 1_900,
        hold_seconds: 900,
        sales_start_at: None,
        sales_end_at: None,
        max_per_customer: None,
        sections,
    }
}

pub fn quantity(section: &str, quantity: u32) -> OrderItem {
    OrderItem { section: Some(section.into()), wanted: Wanted::Quantity { quantity, adjacent: true } }
}

pub fn apart(section: &str, quantity: u32) -> OrderItem {
    OrderItem { section: Some(section.into()), wanted: Wanted::Quantity { quantity, adjacent: false } }
}

pub fn seats(section: Option<&str>, seats: &[&str]) -> OrderItem {
    let seats = seats.iter().map(|&seat| seat.to_owned()).collect();
    OrderItem { section: section.map(Into::into), wanted: Wanted::Seats(seats) }
}

/// An order as it is placed at noon, held for a quarter of an hour.
pub fn placed() -> PlacedOrder {
    let line = OrderLine { section: "floor".parse().unwrap(), seat: None, price: 1_000 };
    PlacedOrder {
        customer: customer(1),
        show: show_id(),
        organizer: organizer(),
        payment: payment_id(1),
        title: "Twelfth Night".into(),
        lines: vec![line],
        subtotal: 1_000,
        tax_basis_points: 1_900,
        tax: 190,
        total: 1_190,
        currency: Currency::GBP,
        method: PaymentMethod::Manual,
        held_until: noon() + minutes(15),
        created_at: noon(),
    }
}
