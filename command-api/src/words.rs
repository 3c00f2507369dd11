//! Words of the domain as OpenAPI enumerations, taken from the domain itself so that the two can't differ.

use domain::{OrderStatus, PaymentMethod, PaymentStatus, ShowStatus, TicketStatus};
use identity::Role;
use utoipa::openapi::{Object, ObjectBuilder, schema::Type};

pub(crate) fn order_status() -> Object {
    one_of(OrderStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn payment_method() -> Object {
    one_of(PaymentMethod::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn payment_status() -> Object {
    one_of(PaymentStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn show_status() -> Object {
    one_of(ShowStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn ticket_status() -> Object {
    one_of(TicketStatus::ALL.iter().map(|word| word.as_str()))
}

pub(crate) fn roles() -> utoipa::openapi::schema::Array {
    let role = one_of(Role::ALL.iter().map(|role| role.as_str()));
    utoipa::openapi::schema::ArrayBuilder::new().items(role).build()
}

fn one_of(words: impl Iterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
