//! The plan of a show's numbered seats, in the order of its layout.

use std::{collections::HashMap, fmt, str::FromStr};

use domain::{Code, Seating, ShowDraft, ShowId};
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

use crate::shows;

/// The most seats on a page.
pub const MAX_SEATS: u32 = 5_000;

/// A numbered seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Seat)]
pub struct SeatView {
    /// The section's code.
    pub section: String,
    /// The row's code.
    pub row: String,
    /// The seat within its section.
    #[schema(example = "A-1")]
    pub seat: String,
    /// `available`, `held` or `sold`.
    #[schema(example = "available")]
    pub status: String,
}

/// A place in the plan: what the next page comes after. Written `section.row.number`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatPlace {
    section: String,
    row: String,
    number: u32,
}

/// A page of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatPage {
    /// The seats, in the order of the layout.
    pub seats: Vec<SeatView>,
    /// What the next page comes after; none on the last.
    pub next: Option<SeatPlace>,
}

/// A text that is no place in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a plan of seats")]
pub struct ParseSeatPlaceError;

#[derive(FromRow)]
struct Taken {
    section: String,
    row_code: String,
    number: i32,
    status: String,
}

/// At most `limit` (no more than [`MAX_SEATS`]) numbered seats of a show, or of one of its sections, after a place;
/// `None` if there is no such show. Whether the viewer may see the show is asked of [`crate::shows::get`]. Reads
/// `inventory` and `shows`.
///
/// # Errors
/// The database's own.
pub async fn seats(
    connection: &mut PgConnection,
    show: ShowId,
    section: Option<Code>,
    after: Option<&SeatPlace>,
    limit: u32,
) -> Result<Option<SeatPage>, sqlx::Error> {
    let Some(draft) = shows::draft(connection, show).await? else { return Ok(None) };
    let limit = limit.clamp(1, MAX_SEATS) as usize;
    let mut places = window(&draft, section, after, limit + 1);
    let more = places.len() > limit;
    places.truncate(limit);
    let next = if more { places.last().cloned() } else { None };
    let taken = taken(connection, show, &places).await?;
    let seats = places.into_iter().map(|place| SeatView::new(place, &taken)).collect();
    Ok(Some(SeatPage { seats, next }))
}

/// A stretch of the plan. A place that the plan no longer has is taken for its beginning.
fn window(
    draft: &ShowDraft,
    section: Option<Code>,
    after: Option<&SeatPlace>,
    count: usize,
) -> Vec<SeatPlace> {
    let wanted = |code: &str| section.is_none_or(|section| section.as_str() == code);
    let rows = draft.sections.iter().filter(|section| wanted(&section.code)).flat_map(|section| {
        let rows = match &section.seating {
            Seating::Quantity { .. } => &[],
            Seating::Rows(rows) => rows.as_slice(),
        };
        rows.iter().map(|row| (section.code.as_str(), row))
    });
    let rows: Vec<_> = rows.collect();
    let known = |place: &&SeatPlace| rows.iter().position(|(code, row)| place.is_in(code, &row.row));
    let (first, skipped) = after.and_then(|place| Some((known(&place)?, place.number))).unwrap_or((0, 0));
    let numbered = rows.iter().skip(first).enumerate().flat_map(|(index, (code, row))| {
        let start = if index == 0 { skipped } else { 0 };
        (start + 1..=row.seats).map(|number| SeatPlace {
            section: (*code).to_owned(),
            row: row.row.clone(),
            number,
        })
    });
    numbered.take(count).collect()
}

async fn taken(
    connection: &mut PgConnection,
    show: ShowId,
    places: &[SeatPlace],
) -> Result<HashMap<(String, String, u32), String>, sqlx::Error> {
    let mut rows: Vec<(&str, &str)> =
        places.iter().map(|place| (place.section.as_str(), place.row.as_str())).collect();
    rows.dedup();
    let (sections, codes): (Vec<&str>, Vec<&str>) = rows.into_iter().unzip();
    let found: Vec<Taken> = sqlx::query_as(include_str!("taken.sql"))
        .bind(show.uuid())
        .bind(sections)
        .bind(codes)
        .fetch_all(connection)
        .await?;
    let number = |taken: &Taken| u32::try_from(taken.number).unwrap_or_default();
    Ok(found
        .into_iter()
        .map(|seat| ((seat.section.clone(), seat.row_code.clone(), number(&seat)), seat.status))
        .collect())
}

impl SeatPlace {
    fn is_in(&self, section: &str, row: &str) -> bool {
        self.section == section && self.row == row
    }
}

impl fmt::Display for SeatPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.section, self.row, self.number)
    }
}

impl FromStr for SeatPlace {
    type Err = ParseSeatPlaceError;

    fn from_str(text: &str) -> Result<Self, ParseSeatPlaceError> {
        let mut parts = text.split('.');
        let (Some(section), Some(row), Some(number), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ParseSeatPlaceError);
        };
        let number = number.parse().map_err(|_| ParseSeatPlaceError)?;
        Ok(Self { section: section.to_owned(), row: row.to_owned(), number })
    }
}

impl SeatView {
    fn new(place: SeatPlace, taken: &HashMap<(String, String, u32), String>) -> Self {
        let seat = format!("{}-{}", place.row, place.number);
        let key = (place.section, place.row, place.number);
        let status = taken.get(&key).map_or("available", String::as_str).to_owned();
        Self { section: key.0, row: key.1, seat, status }
    }
}
