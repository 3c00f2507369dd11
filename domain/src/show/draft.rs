//! What an organizer says about a show, and the rules of shape it has to keep.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Code, Currency, money::MAX_TAX_BASIS_POINTS};

/// The longest title, venue or name of a section, in characters.
pub const MAX_TEXT: usize = 200;
/// The longest name of a time zone, in characters; IANA's longest has 32.
const MAX_TIME_ZONE: usize = 64;
/// The most sections a show may have.
pub const MAX_SECTIONS: usize = 200;
/// The most rows a section may have.
pub const MAX_ROWS_PER_SECTION: usize = 5_000;
/// The most seats a show may have.
pub const MAX_SEATS: u32 = 100_000;
/// The most problems that are listed: enough to mend a draft by, and an answer stays small whatever was sent.
pub const MAX_PROBLEMS: usize = 100;
/// How long seats are held where the organizer does not say, in seconds.
pub const DEFAULT_HOLD_SECONDS: u32 = 900;
const HOLD_SECONDS: std::ops::RangeInclusive<u32> = 5..=86_400;

/// All about a show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowDraft {
    /// What is played.
    pub title: String,
    /// Where.
    pub venue: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// The IANA name of the zone its times are shown in; that it exists is checked where it comes in.
    pub time_zone: String,
    /// The currency of its prices.
    pub currency: Currency,
    /// The tax added to prices, in basis points.
    pub tax_basis_points: u16,
    /// How long the seats of an order are held for its payment.
    pub hold_seconds: u32,
    /// When sales begin; at once if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_start_at: Option<DateTime<Utc>>,
    /// When sales end; when the show is closed if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_end_at: Option<DateTime<Utc>>,
    /// How many seats one customer may hold and have bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_per_customer: Option<u32>,
    /// Its sections.
    pub sections: Vec<SectionDraft>,
}

/// A section: a part of the house with one price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredSection", into = "StoredSection")]
pub struct SectionDraft {
    /// Its code, unique within the show.
    pub code: String,
    /// Its name, for people.
    pub name: String,
    /// What a seat costs before tax, in minor units.
    pub price: i64,
    /// How it is seated.
    pub seating: Seating,
}

/// How a section is seated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seating {
    /// Any place is as good as another.
    Quantity {
        /// How many there are.
        capacity: u32,
    },
    /// Numbered seats in rows, the best rows first.
    Rows(Vec<RowDraft>),
}

/// A row of numbered seats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDraft {
    /// Its code, unique within the section.
    pub row: String,
    /// How many seats it has, numbered from 1.
    pub seats: u32,
}

/// A section as it is written: with a capacity or with rows.
#[derive(Serialize, Deserialize)]
struct StoredSection {
    code: String,
    name: String,
    price: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    capacity: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowDraft>>,
}

impl TryFrom<StoredSection> for SectionDraft {
    type Error = &'static str;

    fn try_from(stored: StoredSection) -> Result<Self, Self::Error> {
        let seating = match (stored.capacity, stored.rows) {
            (Some(capacity), None) => Seating::Quantity { capacity },
            (None, Some(rows)) => Seating::Rows(rows),
            (Some(_), Some(_)) | (None, None) => return Err("a section has either a capacity or rows"),
        };
        Ok(Self { code: stored.code, name: stored.name, price: stored.price, seating })
    }
}

impl From<SectionDraft> for StoredSection {
    fn from(section: SectionDraft) -> Self {
        let (capacity, rows) = match section.seating {
            Seating::Quantity { capacity } => (Some(capacity), None),
            Seating::Rows(rows) => (None, Some(rows)),
        };
        Self { code: section.code, name: section.name, price: section.price, capacity, rows }
    }
}

/// A broken rule of shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftProblem {
    /// Where, as a JSON pointer into the draft, such as `/sections/0/code`.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

impl Seating {
    /// How many seats there are.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        match self {
            Self::Quantity { capacity } => u64::from(*capacity),
            Self::Rows(rows) => rows.iter().map(|row| u64::from(row.seats)).sum(),
        }
    }
}

impl ShowDraft {
    /// How many seats there are in all sections.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.sections.iter().map(|section| section.seating.capacity()).sum()
    }

    /// The broken rules of shape, up to [`MAX_PROBLEMS`]; none if the draft is sound.
    #[must_use]
    pub fn problems(&self) -> Vec<DraftProblem> {
        let mut problems = Problems::default();
        problems.text("/title", &self.title, MAX_TEXT);
        problems.text("/venue", &self.venue, MAX_TEXT);
        problems.text("/time_zone", &self.time_zone, MAX_TIME_ZONE);
        self.numbers(&mut problems);
        self.section_list(&mut problems);
        problems.0
    }

    fn numbers(&self, problems: &mut Problems) {
        problems.rule(
            self.tax_basis_points <= MAX_TAX_BASIS_POINTS,
            "/tax_basis_points",
            "must be 0 to 10000",
        );
        problems.rule(HOLD_SECONDS.contains(&self.hold_seconds), "/hold_seconds", "must be 5 to 86400");
        problems.rule(self.max_per_customer != Some(0), "/max_per_customer", "must be at least 1");
        let in_order = self.sales_start_at.zip(self.sales_end_at).is_none_or(|(start, end)| start < end);
        problems.rule(in_order, "/sales_end_at", "must be after sales_start_at");
    }

    fn section_list(&self, problems: &mut Problems) {
        let bounded = (1..=MAX_SECTIONS).contains(&self.sections.len());
        problems.rule(bounded, "/sections", "must be 1 to 200 sections");
        let few = self.capacity() <= u64::from(MAX_SEATS);
        problems.rule(few, "/sections", "must come to at most 100000 seats");
        let mut codes = HashSet::new();
        for (index, section) in self.sections.iter().enumerate().take(MAX_SECTIONS) {
            let path = format!("/sections/{index}");
            problems.code(&format!("{path}/code"), &section.code, &mut codes);
            section.problems(&path, problems);
        }
    }
}

impl SectionDraft {
    fn problems(&self, path: &str, problems: &mut Problems) {
        problems.text(&format!("{path}/name"), &self.name, MAX_TEXT);
        problems.rule(self.price >= 0, &format!("{path}/price"), "must not be negative");
        match &self.seating {
            Seating::Quantity { capacity } => {
                problems.rule(*capacity >= 1, &format!("{path}/capacity"), "must be at least 1");
            }
            Seating::Rows(rows) => {
                let bounded = (1..=MAX_ROWS_PER_SECTION).contains(&rows.len());
                problems.rule(bounded, &format!("{path}/rows"), "must be 1 to 5000 rows");
                let mut codes = HashSet::new();
                for (index, row) in rows.iter().enumerate().take(MAX_ROWS_PER_SECTION) {
                    problems.code(&format!("{path}/rows/{index}/row"), &row.row, &mut codes);
                    problems.rule(
                        row.seats >= 1,
                        &format!("{path}/rows/{index}/seats"),
                        "must be at least 1",
                    );
                }
            }
        }
    }
}

#[derive(Default)]
struct Problems(Vec<DraftProblem>);

impl Problems {
    fn rule(&mut self, kept: bool, path: &str, message: &str) {
        if !kept && self.0.len() < MAX_PROBLEMS {
            self.0.push(DraftProblem { path: path.to_owned(), message: message.to_owned() });
        }
    }

    fn text(&mut self, path: &str, text: &str, longest: usize) {
        let fits = !text.trim().is_empty() && text.chars().count() <= longest;
        self.rule(fits, path, &format!("must have 1 to {longest} characters"));
        // Postgres can't hold U+0000 in a text, and no control character belongs in a name.
        self.rule(!text.chars().any(char::is_control), path, "must not contain control characters");
    }

    fn code<'a>(&mut self, path: &str, code: &'a str, known: &mut HashSet<&'a str>) {
        self.rule(code.parse::<Code>().is_ok(), path, "must be 1 to 16 letters and digits");
        self.rule(known.insert(code), path, "must not occur twice");
    }
}
