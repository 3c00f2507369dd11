//! Every event that was ever written, in every shape, makes today's read models.

use std::{collections::HashMap, fs, path::PathBuf};

use domain::StreamId;
use uuid::Uuid;

use crate::support::{History, World};

const SHOW: u128 = 0x0199_f3c1_0000_7000_8000_0000_0000_0003;
const ORDER: u128 = 0x0199_f3c1_0000_7000_8000_0000_0000_0004;
const PAYMENT: u128 = 0x0199_f3c1_0000_7000_8000_0000_0000_0005;

/// What happens to a show, to an account, and to orders that end in every way.
fn story() -> Vec<(StreamId, &'static [&'static str])> {
    let id = |base: u128, number: u128| Uuid::from_u128(base + (number << 16));
    let (show, inventory) = (StreamId::show(id(SHOW, 0).into()), StreamId::inventory(id(SHOW, 0).into()));
    let order = |number| StreamId::order(id(ORDER, number).into());
    let payment = |number| StreamId::payment(id(PAYMENT, number).into());
    let ticket = |code: &str| StreamId::ticket(code.parse().unwrap());
    vec![
        (show, &["ShowScheduled.1", "ShowRevised.1", "ShowPublished.1"]),
        (StreamId::account(id(1, 0).into()), &["AccountOpened.1", "FundsDeposited.1"]),
        (StreamId::account(id(1, 0).into()), &["FundsDebited.1", "FundsCredited.1"]),
        // The hold ends, the money comes late, and goes back in the end.
        (inventory, &["SeatsReserved.1", "SeatsReleased.1", "SeatsReserved.1", "SeatsCommitted.1"]),
        (order(0), &["OrderPlaced.1", "OrderExpired.1"]),
        (payment(0), &["PaymentRequested.1.card", "PaymentCancelled.1", "PaymentSucceeded.1.card"]),
        (order(0), &["OrderConfirmed.1"]),
        (ticket("04HMASW9NF6YY0938NKRKAYDXW"), &["TicketIssued.1", "TicketVoided.1"]),
        (ticket("04HMASW9NF6YY0938NKRKAYDXY"), &["TicketIssued.1.yard", "TicketCheckedIn.1"]),
        (payment(0), &["PaymentRefundRequested.1", "PaymentRefunded.1.card"]),
        (inventory, &["SeatsReleased.1.sold"]),
        (order(0), &["OrderRefunded.1"]),
        (order(1), &["OrderPlaced.1", "OrderFailed.1"]),
        (payment(1), &["PaymentRequested.1", "PaymentFailed.1"]),
        (order(2), &["OrderPlaced.1", "OrderCancelled.1"]),
        (
            payment(2),
            &["PaymentRequested.1", "PaymentSucceeded.1", "PaymentRefundRequested.1", "PaymentRefunded.1"],
        ),
        (show, &["ShowClosed.1", "ShowCancelled.1"]),
    ]
}

/// The examples, by name; `domain` says that every type and every shape has one.
fn examples() -> HashMap<String, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/events");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .map(|path| {
            let data = fs::read_to_string(&path).unwrap().trim_end().to_owned();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), data)
        })
        .collect()
}

#[tokio::test]
async fn every_event_that_was_ever_written_makes_todays_read_models() {
    let world = World::new(History::new(71)).await;
    let (examples, mut untold) = (examples(), examples());
    let (mut versions, mut log) = (HashMap::<StreamId, i64>::new(), Vec::new());
    for (stream, names) in story() {
        for name in names {
            let data = examples.get(*name).unwrap_or_else(|| panic!("there is no example {name}"));
            untold.remove(*name);
            let version = versions.entry(stream).or_default();
            *version += 1;
            let [event_type, schema] = name.split('.').take(2).collect::<Vec<_>>()[..] else {
                panic!("{name}")
            };
            let metadata =
                format!(r#"{{"schema":{schema},"correlation":"{0}","command_id":"{0}"}}"#, Uuid::nil());
            log.push((stream.to_string(), *version, event_type.to_owned(), data.clone(), metadata));
        }
    }
    assert!(untold.is_empty(), "these have no place in the story: {:?}", untold.keys());
    world.append_raw(log).await;
    let running = world.start(None);
    world.caught_up().await;
    world.is_as_expected().await;
    let amiss = "select (select count(*) from projection_checkpoints where state <> 'running')
        + (select count(*) from parked_entities)";
    assert_eq!(world.number(amiss).await, 0);
    running.stop().await;
}
