//! What people call an entity.

use domain::{AccountId, OrderId, PaymentId, ShowId, StreamId, TicketCode};
use uuid::Uuid;

use crate::{
    accounts::Accounts, inventory::Inventory, ledger::Ledger, model::Model, orders::Orders,
    payments::Payments, read_model::ReadModel, shows::Shows,
};

/// A name that no entity of a read model can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` names nothing in {model}")]
pub struct UnknownSubject {
    name: String,
    model: Model,
    /// What would.
    pub expected: &'static str,
}

/// The entities of a read model that a name can mean: an id, or a stream's name.
///
/// # Errors
/// It is none.
pub fn subjects(model: Model, name: &str) -> Result<Vec<StreamId>, UnknownSubject> {
    let unknown = || UnknownSubject { name: name.to_owned(), model, expected: expected(model) };
    if let Ok(stream) = name.parse::<StreamId>() {
        return if belongs(model, stream) { Ok(vec![stream]) } else { Err(unknown()) };
    }
    if model == Model::Orders
        && let Ok(code) = name.parse::<TicketCode>()
    {
        return Ok(vec![StreamId::ticket(code)]);
    }
    // One id has one spelling, whatever it is of.
    let id: Uuid = name.parse::<OrderId>().map_err(|_| unknown())?.uuid();
    Ok(match model {
        Model::Shows | Model::Inventory => vec![StreamId::show(ShowId::from(id))],
        Model::Orders => vec![StreamId::order(OrderId::from(id))],
        Model::Payments => vec![StreamId::payment(PaymentId::from(id))],
        Model::Accounts => vec![StreamId::account(AccountId::from(id))],
        Model::Ledger => vec![StreamId::payment(PaymentId::from(id)), StreamId::account(AccountId::from(id))],
    })
}

fn belongs(model: Model, stream: StreamId) -> bool {
    let entity = match model {
        Model::Shows => Shows::entity(stream),
        Model::Inventory => Inventory::entity(stream),
        Model::Orders => Orders::entity(stream),
        Model::Payments => Payments::entity(stream),
        Model::Accounts => Accounts::entity(stream),
        Model::Ledger => Ledger::entity(stream),
    };
    entity.is_some()
}

const fn expected(model: Model) -> &'static str {
    match model {
        Model::Shows => "a show's id, or show-<id>",
        Model::Inventory => "a show's id, show-<id> or inventory-<id>",
        Model::Orders => "an order's id, order-<id>, or a ticket's code",
        Model::Payments => "a payment's id, or payment-<id>",
        Model::Accounts => "an account's id, or account-<id>",
        Model::Ledger => "a payment's or an account's id, payment-<id> or account-<id>",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11";

    #[test]
    fn an_entity_is_called_by_its_id_or_by_its_stream() {
        for model in Model::ALL {
            let by_id = subjects(model, ID).unwrap();
            assert!(by_id.iter().all(|stream| stream.uuid().to_string() == ID));
            for stream in by_id {
                assert_eq!(subjects(model, &stream.to_string()), Ok(vec![stream]));
            }
            for wrong in ["", "x", "order-", "user-1", &ID[1..], &ID.replace('-', "")] {
                assert!(subjects(model, wrong).is_err(), "{model}: {wrong}");
            }
        }
        assert!(subjects(Model::Orders, &format!("payment-{ID}")).is_err());
        assert!(subjects(Model::Payments, &format!("order-{ID}")).is_err());
    }
}
