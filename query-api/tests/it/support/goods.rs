//! What is sold.

use chrono::TimeDelta;
use domain::{Currency, OrderItem, RowDraft, Seating, SectionDraft, ShowDraft, Wanted};
use event_store::{Clock, SystemClock};

pub(crate) fn draft(title: &str, sections: Vec<SectionDraft>) -> ShowDraft {
    ShowDraft {
        title: title.into(),
        venue: "Globe".into(),
        starts_at: SystemClock.now() + TimeDelta::days(30),
        time_zone: "Europe/London".into(),
        currency: Currency::EUR,
        tax_basis_points: 700,
        hold_seconds: 900,
        sales_start_at: None,
        sales_end_at: None,
        max_per_customer: None,
        sections,
    }
}

pub(crate) fn standing(code: &str, capacity: u32) -> SectionDraft {
    section(code, Seating::Quantity { capacity })
}

pub(crate) fn numbered(code: &str, rows: &[(&str, u32)]) -> SectionDraft {
    let rows = rows.iter().map(|&(row, seats)| RowDraft { row: row.into(), seats }).collect();
    section(code, Seating::Rows(rows))
}

fn section(code: &str, seating: Seating) -> SectionDraft {
    SectionDraft { code: code.into(), name: format!("Section {code}"), price: 1_000, seating }
}

/// Places by number of them.
pub(crate) fn standing_places(section: &str, quantity: u32) -> Vec<OrderItem> {
    vec![OrderItem { section: Some(section.into()), wanted: Wanted::Quantity { quantity, adjacent: true } }]
}

pub(crate) fn seats(section: &str, names: &[&str]) -> Vec<OrderItem> {
    let names = names.iter().map(|&name| name.to_owned()).collect();
    vec![OrderItem { section: Some(section.into()), wanted: Wanted::Seats(names) }]
}
