//! Read models as they were.
//!
//! Nothing is kept of what they were: it is folded from the log once more, by each read model's own `fold`, up to the
//! position that is asked for. That needs no right to write, so it works for whoever may read, on a replica too, and the
//! rows of one page at a time are all that is in memory.

mod folded;
mod ledger;
mod orders;
mod shown;
mod subject;
mod whole;

use domain::{Category, StreamId};
use event_store::Position;
use sqlx::PgConnection;

pub use shown::{Halted, InventoryThen, Shown, TakenSeat, Then};
pub use subject::{UnknownSubject, subjects};
pub use whole::Whole;

use folded::{Folded, fold, fold_together};

use crate::{
    accounts::{AccountView, Accounts},
    inventory::Inventory,
    model::Model,
    payments::{PaymentView, Payments},
    shows::{ShowView, Shows},
};

/// One entity of a read model as it was at a position; nothing if it had not begun. Of the ledger, what was booked for a
/// payment or on an account, summed up.
///
/// # Errors
/// The database's own.
pub async fn entity(
    connection: &mut PgConnection,
    model: Model,
    entity: StreamId,
    until: Position,
) -> Result<Vec<Then>, sqlx::Error> {
    page(connection, model, &[entity], until).await
}

/// Some entities of a read model, in that order.
async fn page(
    connection: &mut PgConnection,
    model: Model,
    entities: &[StreamId],
    until: Position,
) -> Result<Vec<Then>, sqlx::Error> {
    match model {
        Model::Shows => {
            let folded = fold::<Shows>(connection, entities, until, |_| {}).await?;
            Ok(told(folded, entities, |show, row| Shown::Show(Box::new(ShowView::new(show, row)))))
        }
        Model::Inventory => inventories(connection, entities, until).await,
        Model::Orders => orders::page(connection, entities, until).await,
        Model::Payments => {
            let folded = fold::<Payments>(connection, entities, until, |_| {}).await?;
            Ok(told(folded, entities, |payment, row| Shown::Payment(PaymentView::then(payment, row))))
        }
        Model::Accounts => {
            // What moved an account is not shown, and may be much.
            let folded = fold::<Accounts>(connection, entities, until, |row| row.entries.clear()).await?;
            Ok(told(folded, entities, |account, row| Shown::Account(AccountView::new(account, &row))))
        }
        Model::Ledger => ledger::page(connection, entities, until).await,
    }
}

/// A show's inventory has two streams, and one may be long.
async fn inventories(
    connection: &mut PgConnection,
    shows: &[StreamId],
    until: Position,
) -> Result<Vec<Then>, sqlx::Error> {
    let mut then = Vec::with_capacity(shows.len());
    for show in shows {
        let both = [StreamId::show(show.uuid().into()), StreamId::inventory(show.uuid().into())];
        let folded = fold_together::<Inventory>(connection, both, until).await?;
        then.extend(told(folded, &both[1..], |entity, row| {
            Shown::Inventory(Box::new(InventoryThen::new(entity.uuid(), row)))
        }));
    }
    Ok(then)
}

/// What was folded, in the order that was asked for.
fn told<R>(
    folded: Folded<R>,
    entities: &[StreamId],
    mut show: impl FnMut(StreamId, R) -> Shown,
) -> Vec<Then> {
    let Folded { mut rows, mut halted } = folded;
    let then = entities.iter().filter_map(|entity| match halted.remove(entity) {
        Some(halted) => Some(Then::Halted(halted)),
        None => rows.remove(entity).map(|row| Then::Was(show(*entity, row))),
    });
    then.collect()
}

/// The streams by which the entities of a read model begin.
const fn beginnings(model: Model) -> &'static [Category] {
    match model {
        Model::Shows | Model::Inventory => &[Category::Show],
        Model::Orders => &[Category::Order],
        Model::Payments => &[Category::Payment],
        Model::Accounts => &[Category::Account],
        Model::Ledger => &[Category::Payment, Category::Account],
    }
}
