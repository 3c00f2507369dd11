//! A show as its organizer sends it.

use domain::{Currency, RowDraft, Seating, SectionDraft, ShowDraft, show::DEFAULT_HOLD_SECONDS};
use edge::{FieldError, Problem, extract::Shape};
use serde::Deserialize;
use utoipa::ToSchema;

use super::time::Time;

/// All about a show.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShowDraft)]
pub(crate) struct ShowBody {
    /// Kept in the log for ever: never personal data, other than names that are public.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// Kept in the log for ever: never personal data.
    #[schema(min_length = 1, max_length = 200)]
    venue: String,
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    starts_at: Time,
    /// IANA name of the zone in which times are shown.
    #[schema(default = "UTC", max_length = 64)]
    time_zone: Option<String>,
    /// ISO 4217.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: String,
    /// Tax that is added to prices, in hundredths of a percent.
    #[schema(minimum = 0, maximum = 10000)]
    tax_basis_points: u16,
    /// How long the seats of an order are held for its payment.
    #[schema(default = 900, minimum = 5, maximum = 86400)]
    hold_seconds: Option<u32>,
    /// When sales begin; at once where it is left out.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    sales_start_at: Option<Time>,
    /// When sales end; when the show is closed where it is left out.
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    sales_end_at: Option<Time>,
    /// How many seats one customer may have.
    #[schema(minimum = 1)]
    max_per_customer: Option<u32>,
    /// At most 100,000 seats in all.
    #[schema(min_items = 1, max_items = 200)]
    sections: Vec<Section>,
}

/// A part of the house with one price: either `capacity` places that are all alike, or `rows` of numbered seats.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SectionDraft)]
pub(crate) struct Section {
    /// Unique within the show.
    #[schema(pattern = "^[A-Za-z0-9]{1,16}$")]
    code: String,
    /// Kept in the log for ever: never personal data.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Before tax, in the currency's minor unit.
    #[schema(minimum = 0)]
    price: i64,
    #[schema(minimum = 1, maximum = 100_000)]
    capacity: Option<u32>,
    /// The best row first.
    #[schema(min_items = 1, max_items = 5000)]
    rows: Option<Vec<Row>>,
}

/// A row of seats, numbered from 1.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RowDraft)]
pub(crate) struct Row {
    /// Unique within the section.
    #[schema(pattern = "^[A-Za-z0-9]{1,16}$")]
    row: String,
    #[schema(minimum = 1, maximum = 100_000)]
    seats: u32,
}

impl Shape for ShowBody {
    fn validate(&self) -> Vec<FieldError> {
        self.draft().err().unwrap_or_default()
    }
}

impl ShowBody {
    /// The draft, once more after it was validated.
    pub(super) fn into_draft(self) -> Result<ShowDraft, Problem> {
        self.draft().map_err(|errors| Problem::invalid(&errors))
    }

    /// The draft, or every rule that is broken.
    fn draft(&self) -> Result<ShowDraft, Vec<FieldError>> {
        let mut errors = Vec::new();
        let time_zone = self.time_zone.as_deref().unwrap_or("UTC");
        if time_zone.parse::<chrono_tz::Tz>().is_err() {
            errors.push(FieldError::new("/time_zone", "must be an IANA name such as Europe/Berlin"));
        }
        let currency = Currency::from_code(&self.currency).unwrap_or_else(|| {
            errors.push(FieldError::new("/currency", "must be an ISO 4217 code such as EUR"));
            Currency::XXX
        });
        let sections = self.sections(&mut errors);
        let draft = ShowDraft {
            title: self.title.clone(),
            venue: self.venue.clone(),
            starts_at: self.starts_at.0,
            // Its rule is checked above; the domain's is only that there is one.
            time_zone: time_zone.to_owned(),
            currency,
            tax_basis_points: self.tax_basis_points,
            hold_seconds: self.hold_seconds.unwrap_or(DEFAULT_HOLD_SECONDS),
            sales_start_at: self.sales_start_at.map(|time| time.0),
            sales_end_at: self.sales_end_at.map(|time| time.0),
            max_per_customer: self.max_per_customer,
            sections,
        };
        let broken = draft.problems().into_iter().filter(|broken| broken.path != "/time_zone");
        errors.extend(broken.map(|broken| FieldError::new(broken.path, broken.message)));
        if errors.is_empty() { Ok(draft) } else { Err(errors) }
    }

    fn sections(&self, errors: &mut Vec<FieldError>) -> Vec<SectionDraft> {
        let sections = self.sections.iter().enumerate();
        let draft = |(index, section): (usize, &Section)| SectionDraft {
            code: section.code.clone(),
            name: section.name.clone(),
            price: section.price,
            seating: section.seating(index, errors),
        };
        sections.map(draft).collect()
    }
}

impl Section {
    fn seating(&self, index: usize, errors: &mut Vec<FieldError>) -> Seating {
        match (self.capacity, &self.rows) {
            (Some(capacity), None) => Seating::Quantity { capacity },
            (None, Some(rows)) => Seating::Rows(rows.iter().map(Row::draft).collect()),
            (Some(_), Some(_)) | (None, None) => {
                errors.push(FieldError::new(format!("/sections/{index}"), "needs either capacity or rows"));
                Seating::Quantity { capacity: 1 }
            }
        }
    }
}

impl Row {
    fn draft(&self) -> RowDraft {
        RowDraft { row: self.row.clone(), seats: self.seats }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn pointers(change: impl FnOnce(&mut Value)) -> Vec<String> {
        let mut body = json!({
            "title": "Faust", "venue": "Main stage", "starts_at": "2027-05-01T18:00:00Z", "currency": "EUR",
            "tax_basis_points": 700, "sections": [{"code": "A", "name": "Stalls", "price": 2500, "capacity": 10}],
        });
        change(&mut body);
        let body: ShowBody = serde_json::from_value(body).unwrap();
        body.validate().into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn a_sound_show_is_accepted() {
        assert!(pointers(|_| {}).is_empty());
    }

    #[test]
    fn every_broken_rule_is_named_at_once() {
        let broken = pointers(|body| {
            body["title"] = "".into();
            body["time_zone"] = "Mars/Olympus".into();
            body["currency"] = "eur".into();
            body["tax_basis_points"] = 10_001.into();
            body["sections"][0]["price"] = (-1).into();
        });
        assert_eq!(broken, ["/time_zone", "/currency", "/title", "/tax_basis_points", "/sections/0/price"]);
    }

    #[test]
    fn a_section_has_either_a_capacity_or_rows() {
        let both = pointers(|body| body["sections"][0]["rows"] = json!([{"row": "A", "seats": 3}]));
        assert_eq!(both, ["/sections/0"]);
        let none = pointers(|body| body["sections"][0]["capacity"] = Value::Null);
        assert_eq!(none, ["/sections/0"]);
    }
}
