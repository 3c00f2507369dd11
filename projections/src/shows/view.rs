//! A show as it is told.

use chrono::{DateTime, Utc};
use domain::{Seating, SectionDraft, ShowDraft, StreamId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ShowRow;

/// A show: all its organizer said about it, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Show)]
pub struct ShowView {
    /// The show.
    pub show_id: Uuid,
    /// Who puts it on.
    pub organizer_id: Uuid,
    /// `draft`, `on_sale`, `closed` or `cancelled`.
    #[schema(example = "on_sale")]
    pub status: String,
    /// Grows with every change; what `If-Match` is compared with.
    pub version: i64,
    /// What is played.
    pub title: String,
    /// Where.
    pub venue: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// The IANA name of the zone its times are shown in.
    pub time_zone: String,
    /// ISO 4217 code of the currency of all prices.
    #[schema(example = "EUR")]
    pub currency: String,
    /// The tax added to prices, in hundredths of a percent.
    pub tax_basis_points: u16,
    /// How long the seats of an order are held for its payment, in seconds.
    pub hold_seconds: u32,
    /// When sales begin; at once if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sales_start_at: Option<DateTime<Utc>>,
    /// When sales end; when the show is closed if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sales_end_at: Option<DateTime<Utc>>,
    /// How many seats one customer may hold and have bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_per_customer: Option<u32>,
    /// Its sections.
    pub sections: Vec<SectionView>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A section: with a capacity where it sells by quantity, else with rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShowSection)]
pub struct SectionView {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What a seat costs before tax, in minor units.
    pub price: i64,
    /// How many seats it has, where it sells by quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Its rows, best first, where it has numbered seats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<RowView>>,
}

/// A row of numbered seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShowSectionRow)]
pub struct RowView {
    /// Its code.
    pub row: String,
    /// How many seats it has, numbered from 1.
    pub seats: u32,
}

impl ShowView {
    pub(crate) fn new(show: StreamId, row: ShowRow) -> Self {
        let ShowDraft {
            title, venue, starts_at, time_zone, currency, tax_basis_points, hold_seconds, ..
        } = row.draft;
        Self {
            show_id: show.uuid(),
            organizer_id: row.organizer.uuid(),
            status: row.status.as_str().to_owned(),
            version: row.version,
            title,
            venue,
            starts_at,
            time_zone,
            currency: currency.code().to_owned(),
            tax_basis_points,
            hold_seconds,
            sales_start_at: row.draft.sales_start_at,
            sales_end_at: row.draft.sales_end_at,
            max_per_customer: row.draft.max_per_customer,
            sections: row.draft.sections.into_iter().map(SectionView::from).collect(),
            created_at: row.created_at,
        }
    }
}

impl From<SectionDraft> for SectionView {
    fn from(section: SectionDraft) -> Self {
        let (capacity, rows) = match section.seating {
            Seating::Quantity { capacity } => (Some(capacity), None),
            Seating::Rows(rows) => {
                (None, Some(rows.into_iter().map(|row| RowView { row: row.row, seats: row.seats }).collect()))
            }
        };
        Self { code: section.code, name: section.name, price: section.price, capacity, rows }
    }
}
