//! What may still change once a show has been published: title, venue, times, and more capacity. People have bought
//! what the rest describes.

use std::collections::HashMap;

use super::{RowDraft, Seating, SectionDraft, ShowDraft};

/// The first field of `new` that may not differ from `old`, as a JSON pointer.
pub(super) fn only_what_may_change(old: &ShowDraft, new: &ShowDraft) -> Result<(), String> {
    fixed(old.currency == new.currency, "/currency")?;
    fixed(old.tax_basis_points == new.tax_basis_points, "/tax_basis_points")?;
    fixed(old.hold_seconds == new.hold_seconds, "/hold_seconds")?;
    fixed(old.max_per_customer == new.max_per_customer, "/max_per_customer")?;
    let revised: HashMap<&str, (usize, &SectionDraft)> = new
        .sections
        .iter()
        .enumerate()
        .map(|(index, section)| (section.code.as_str(), (index, section)))
        .collect();
    old.sections.iter().try_for_each(|section| {
        let (index, revised) = revised.get(section.code.as_str()).ok_or("/sections")?;
        section_may_grow(section, revised, &format!("/sections/{index}"))
    })
}

fn section_may_grow(old: &SectionDraft, new: &SectionDraft, path: &str) -> Result<(), String> {
    fixed(old.name == new.name, format!("{path}/name"))?;
    fixed(old.price == new.price, format!("{path}/price"))?;
    match (&old.seating, &new.seating) {
        (Seating::Quantity { capacity: old }, Seating::Quantity { capacity: new }) => {
            fixed(old <= new, format!("{path}/capacity"))
        }
        (Seating::Rows(old), Seating::Rows(new)) => rows_may_grow(old, new, path),
        (Seating::Rows(_), Seating::Quantity { .. }) => fixed(false, format!("{path}/capacity")),
        (Seating::Quantity { .. }, Seating::Rows(_)) => fixed(false, format!("{path}/rows")),
    }
}

/// Rows may be added anywhere and get more seats, but keep their order: it says which are best.
fn rows_may_grow(old: &[RowDraft], new: &[RowDraft], path: &str) -> Result<(), String> {
    let mut revised = new.iter().enumerate();
    old.iter().try_for_each(|row| {
        let (index, revised) = revised.find(|(_, new)| new.row == row.row).ok_or(format!("{path}/rows"))?;
        fixed(row.seats <= revised.seats, format!("{path}/rows/{index}/seats"))
    })
}

fn fixed(kept: bool, pointer: impl Into<String>) -> Result<(), String> {
    if kept { Ok(()) } else { Err(pointer.into()) }
}
