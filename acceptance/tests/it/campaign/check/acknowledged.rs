//! What was acknowledged is in the log exactly once; what was not, at most once; and nothing that nobody asked for.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use super::ledger::{Did, Ledger};
use crate::campaign::record::{Command, Record, Verb};

/// How many commands were carried out although nobody was told so.
pub(super) fn check(record: &Record, ledger: &Ledger) -> usize {
    record.with_commands(|commands| {
        nothing_unasked(commands, ledger);
        let each = commands.iter().map(|(id, command)| {
            let did = ledger.commands().get(id).map_or(&[][..], Vec::as_slice);
            check_one(id, command, did, ledger)
        });
        each.filter(|done_in_silence| *done_in_silence).count()
    })
}

fn nothing_unasked(commands: &HashMap<Uuid, Command>, ledger: &Ledger) {
    for (id, did) in ledger.commands() {
        let by_a_customer = did.iter().any(|did| did.event_type == "OrderPlaced");
        assert!(!by_a_customer || commands.contains_key(id), "nobody asked for {id}: {did:?}");
    }
}

fn check_one(id: &Uuid, command: &Command, did: &[Did], ledger: &Ledger) -> bool {
    let types = expected(command.ask.verb);
    for event_type in types {
        let times = did.iter().filter(|did| did.event_type == *event_type).count();
        match &command.answer {
            Some(answer) => assert_eq!(times, 1, "{id} was acknowledged: {command:?}, {answer:?}, {did:?}"),
            None if command.silent == 0 => assert_eq!(times, 0, "{id} was refused: {command:?}, {did:?}"),
            None => assert!(times <= 1, "{id} was carried out {times} times: {command:?}, {did:?}"),
        }
    }
    let Some(answer) = &command.answer else { return !did.is_empty() };
    let last = did.iter().map(|did| did.position).max();
    assert_eq!(answer.body["position"].as_i64(), last, "{id}: {answer:?}, {did:?}");
    if command.ask.verb == Verb::Place {
        let order = answer.body["order_id"].as_str().unwrap();
        let placed = did.iter().find(|did| did.event_type == "OrderPlaced").unwrap();
        assert_eq!(placed.stream, format!("order-{order}"), "{id}: {answer:?}");
        seats_are_as_promised(&answer.body, &ledger.order(order).unwrap()["details"]);
    }
    false
}

fn expected(verb: Verb) -> &'static [&'static str] {
    match verb {
        Verb::Place => &["OrderPlaced", "PaymentRequested", "SeatsReserved"],
        Verb::Approve => &["PaymentSucceeded", "OrderConfirmed", "SeatsCommitted"],
        Verb::Reject => &["PaymentFailed", "OrderFailed", "SeatsReleased"],
        Verb::Cancel => &["OrderCancelled", "PaymentCancelled", "SeatsReleased"],
        Verb::Schedule => &["ShowScheduled"],
        Verb::Publish => &["ShowPublished"],
        Verb::Close => &["ShowClosed"],
    }
}

fn seats_are_as_promised(answer: &Value, placed: &Value) {
    let seats = |lines: &Value| -> Vec<String> {
        let lines = lines.as_array().unwrap().iter();
        let mut seats: Vec<_> = lines.map(|line| format!("{} {}", line["section"], line["seat"])).collect();
        seats.sort();
        seats
    };
    assert_eq!(seats(&answer["lines"]), seats(&placed["lines"]), "{answer} {placed}");
}
