//! An order as a customer sends it: no price and no user, which are not the customer's to say.

use domain::{Code, OrderItem, PaymentMethod, SeatName, ShowId, Wanted, show::MAX_SEATS_PER_ORDER};
use edge::{FieldError, extract::Shape};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::words;

/// As many as seats: an item without a seat is refused.
const MAX_ITEMS: usize = MAX_SEATS_PER_ORDER as usize;

/// What a customer wants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrder)]
pub(crate) struct OrderBody {
    #[schema(value_type = uuid::Uuid)]
    pub(super) show_id: ShowId,
    #[schema(schema_with = words::payment_method)]
    pub(super) payment_method: PaymentMethod,
    /// At most 20 seats in all.
    #[schema(min_items = 1, max_items = 20)]
    items: Vec<Item>,
}

/// Either a `quantity` of a `section`, or named `seats`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrderItem)]
pub(crate) struct Item {
    /// The section's code. May be left out for seats in a row that no other section has.
    #[schema(pattern = "^[A-Za-z0-9]{1,16}$")]
    section: Option<String>,
    /// How many; the best there are.
    #[schema(minimum = 1, maximum = 20)]
    quantity: Option<i64>,
    /// Whether numbered seats must be side by side.
    #[schema(default = true)]
    adjacent: Option<bool>,
    /// Such as `A-1`: the row, a hyphen, the seat's number.
    #[schema(min_items = 1, max_items = 20)]
    seats: Option<Vec<String>>,
}

impl Shape for OrderBody {
    fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if !(1..=MAX_ITEMS).contains(&self.items.len()) {
            errors.push(FieldError::new("/items", "must be 1 to 20 items"));
        }
        for (index, item) in self.items.iter().take(MAX_ITEMS).enumerate() {
            item.validate(&format!("/items/{index}"), &mut errors);
        }
        errors
    }
}

impl OrderBody {
    pub(super) fn into_items(self) -> Vec<OrderItem> {
        self.items.into_iter().map(Item::into_item).collect()
    }
}

impl Item {
    fn validate(&self, path: &str, errors: &mut Vec<FieldError>) {
        let mut refuse =
            |member: &str, detail: &str| errors.push(FieldError::new(format!("{path}{member}"), detail));
        if self.section.as_deref().is_some_and(|code| code.parse::<Code>().is_err()) {
            refuse("/section", "must be 1 to 16 letters and digits");
        }
        match (self.quantity, &self.seats) {
            (Some(quantity), None) => {
                if !(1..=i64::from(MAX_SEATS_PER_ORDER)).contains(&quantity) {
                    refuse("/quantity", "must be 1 to 20");
                }
                if self.section.is_none() {
                    refuse("/section", "is needed with a quantity");
                }
            }
            (None, Some(seats)) => {
                if self.adjacent.is_some() {
                    refuse("/adjacent", "goes with a quantity");
                }
                if !(1..=MAX_ITEMS).contains(&seats.len()) {
                    refuse("/seats", "must be 1 to 20 seats");
                }
                let wrong = |seat: &String| seat.parse::<SeatName>().is_err();
                for (index, _) in seats.iter().take(MAX_ITEMS).enumerate().filter(|(_, seat)| wrong(seat)) {
                    refuse(&format!("/seats/{index}"), "must be a seat such as A-1");
                }
            }
            (Some(_), Some(_)) | (None, None) => refuse("", "needs either quantity or seats"),
        }
    }

    fn into_item(self) -> OrderItem {
        let wanted = match self.seats {
            Some(seats) => Wanted::Seats(seats),
            None => Wanted::Quantity {
                // A quantity beyond u32 was refused above; the domain would refuse 0 again.
                quantity: self.quantity.and_then(|quantity| quantity.try_into().ok()).unwrap_or(0),
                adjacent: self.adjacent.unwrap_or(true),
            },
        };
        OrderItem { section: self.section, wanted }
    }
}
