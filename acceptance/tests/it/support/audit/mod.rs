//! An auditor who trusts nobody: reads the log itself, and does its own sums.

mod books;
mod log;
mod stream;
mod tables;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

pub(crate) use books::Books;
pub(crate) use log::{Chain, Event, read_after};
pub(crate) use stream::{NEXT_MESSAGE, filled, is_the_event};
pub(crate) use tables::{Touched, equal as tables_equal};

use super::{Outcome, World, eventually};

/// A relay whose predecessor was killed waits for its lease to end.
const CATCHES_UP_WITHIN: Duration = Duration::from_mins(1);

/// Log, read models and stream are whole and say the same; what they say is returned.
pub(crate) async fn audit(world: &World) -> Books {
    let books = audit_read_models(world).await;
    stream::equals(world, &books.log).await;
    books
}

/// The same without the stream: NATS may be away.
pub(crate) async fn audit_read_models(world: &World) -> Books {
    let log = log::read(world).await;
    log::is_whole(&log);
    let books = Books::keep(log);
    caught_up(world, books.head()).await;
    tables::equal(world, &books, &Touched::All).await;
    books
}

/// Exactly these orders are in the log, each once, and each as its customer was last told.
pub(crate) fn holds_exactly(books: &Books, outcomes: &[Outcome]) {
    let promised: BTreeMap<&str, &str> =
        outcomes.iter().map(|outcome| (outcome.order_id.as_str(), outcome.status)).collect();
    assert_eq!(promised.len(), outcomes.len(), "two customers were told the same order");
    let placed: Vec<&Event> = books.log.iter().filter(|event| event.event_type == "OrderPlaced").collect();
    let commands: BTreeSet<&str> = placed.iter().map(|event| event.command_id()).collect();
    assert_eq!(commands.len(), placed.len(), "a command was carried out twice");
    let found: BTreeMap<&str, &str> =
        books.orders.iter().map(|(order, row)| (order.as_str(), row["status"].as_str().unwrap())).collect();
    assert_eq!(found, promised, "the log does not hold what customers were told");
    assert_eq!(placed.len(), found.len(), "an order was placed twice");
}

async fn caught_up(world: &World, head: i64) {
    let lowest = "select coalesce(min(case state when 'running' then position else -1 end), -1)
        from projection_checkpoints";
    eventually("read models that have caught up", CATCHES_UP_WITHIN, || async {
        (world.number(lowest).await >= head).then_some(())
    })
    .await;
}
