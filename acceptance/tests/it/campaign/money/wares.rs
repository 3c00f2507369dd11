//! What is for sale: a section for everything the provider can do, which it does by the last two digits of a charge.

use serde_json::{Value, json};

/// The rows of the table in docs/payments.md.
pub(crate) const DIGITS: [u32; 20] =
    [0, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98];
/// Those whose charges succeed after 5 s, when short holds have ended, and can't be called off meanwhile.
pub(crate) const LATE: u32 = 82;
/// Sections of numbered seats that many want. Their charges succeed after 6 s, when short holds have ended.
pub(crate) const SCARCE: &str = "S90";
const SCARCE_PRICE: u32 = 690;

/// A show whose holds last so long.
pub(crate) fn show(hold_seconds: u32) -> Value {
    let ample = DIGITS.iter().map(|digits| {
        json!({ "code": code(*digits), "name": "Ample", "price": price(*digits), "capacity": 4_000 })
    });
    let rows = json!([{ "row": "A", "seats": 12 }, { "row": "B", "seats": 12 }]);
    let scarce = json!({ "code": SCARCE, "name": "Scarce", "price": SCARCE_PRICE, "rows": rows });
    let sections: Vec<Value> = ample.chain([scarce]).collect();
    json!({
        "title": "Twelfth Night", "venue": "The Globe", "starts_at": "2099-05-01T19:30:00Z", "currency": "EUR",
        "tax_basis_points": 0, "hold_seconds": hold_seconds, "sections": sections,
    })
}

pub(crate) fn code(digits: u32) -> String {
    format!("N{digits:02}")
}

/// A charge that ends in 90 succeeds after as many seconds as its hundreds say.
fn price(digits: u32) -> u32 {
    if digits == 90 { 890 } else { 1_000 + digits }
}
