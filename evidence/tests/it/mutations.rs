//! Everything a superuser can do to a log that checkpoints cover, at random: all of it is found, where it was done.

use std::env;

use event_store::{HashColumn, Position, RecordedEvent, new_id};
use evidence::{Fault, Report};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use crate::support::{Log, World};

const EVENTS: Position = 480;
const COVERED_AT_ONCE: u32 = 80;
/// How many mutations are tried; any number by environment.
const USUAL: usize = 300;

/// What is done to the log.
#[derive(Debug, Clone, Copy)]
enum Mutation {
    Flip,
    Delete,
    Insert,
    Swap,
    Cut,
    Rewrite,
    CloseUp,
}

const ALL: [Mutation; 7] = [
    Mutation::Flip,
    Mutation::Delete,
    Mutation::Insert,
    Mutation::Swap,
    Mutation::Cut,
    Mutation::Rewrite,
    Mutation::CloseUp,
];

/// What has to be found.
#[derive(Debug)]
enum Expected {
    /// Exactly there.
    At(Position),
    /// By the checkpoint that covers it: the chain itself holds.
    Covering(Position),
    /// Where the next one does not follow, or by the checkpoint that ends there.
    Behind(Position),
    /// There or behind.
    From(Position),
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_done_to_a_log_that_checkpoints_cover_is_found_where_it_was_done() {
    let count = env::var("STAGEDOOR_MUTATIONS").map_or(USUAL, |text| text.parse().expect("a number"));
    let seed = env::var("SEED").map_or_else(|_| rand::rng().random(), |text| text.parse().expect("a number"));
    say(&format!("{count} mutations, SEED={seed}"));
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(EVENTS).await;
    world.issue(COVERED_AT_ONCE).await.unwrap();
    log.execute("create table pristine as select * from events").await;
    assert_eq!(world.verify().await.faults, []);
    let mut dice = StdRng::seed_from_u64(seed);
    let mut found = [0; ALL.len()];
    for number in 1..=count {
        let mutation = *ALL.choose(&mut dice).unwrap();
        let (what, expected) = mutate(&mut log, mutation, &mut dice).await;
        let report = world.verify().await;
        assert!(
            is_found(&report, &expected),
            "SEED={seed}, number {number}: {what}; expected {expected:?}, found {:#?}",
            report.faults
        );
        found[mutation as usize] += 1;
        log.execute("truncate events; insert into events select * from pristine").await;
    }
    assert_eq!(world.verify().await.faults, []);
    let told: Vec<String> = ALL.iter().map(|kind| format!("{kind:?} {}", found[*kind as usize])).collect();
    say(&format!("{count} of {count} found: {}", told.join(", ")));
}

fn is_found(report: &Report, expected: &Expected) -> bool {
    let Some(fault) = report.faults.first() else { return false };
    match (expected, fault) {
        (Expected::Covering(position), Fault::Rewritten { from, to, .. }) => (from..=to).contains(&position),
        (Expected::Covering(_), _) => false,
        (Expected::At(position), fault) => {
            fault.position() == Some(*position) && report.sound_to == position - 1
        }
        (Expected::Behind(position), Fault::Rewritten { to, .. }) => to == position,
        (Expected::Behind(position), fault) => fault.position() == Some(position + 1),
        (Expected::From(position), Fault::Rewritten { to, .. }) => to >= position,
        (Expected::From(position), fault) => fault.position().is_some_and(|found| found >= *position),
    }
}

async fn mutate(log: &mut Log, mutation: Mutation, dice: &mut StdRng) -> (String, Expected) {
    let position = dice.random_range(1..=EVENTS);
    match mutation {
        Mutation::Flip => flip(log, position, dice).await,
        Mutation::Delete => {
            log.execute(format!("delete from events where position = {position}")).await;
            (format!("deleted {position}"), Expected::At(position))
        }
        Mutation::Insert => insert(log, position, dice).await,
        Mutation::Swap => swap(log, position, dice).await,
        Mutation::Cut => {
            log.execute(format!("delete from events where position >= {position}")).await;
            (format!("cut off from {position} on"), Expected::At(position))
        }
        Mutation::Rewrite => {
            let (what, _) = flip(log, position, dice).await;
            log.chain_anew(position).await;
            // What was done to the hash alone is undone by that.
            if what.contains("hash") {
                log.execute(format!("update events set data = '{{}}' where position = {position}")).await;
                log.chain_anew(position).await;
            }
            // A version that does not follow is found where it is; so is a time.
            let expected =
                if what.contains("version") || what.contains("stream_id") || what.contains("recorded_at") {
                    Expected::From(position)
                } else {
                    Expected::Covering(position)
                };
            (format!("{what}, and computed the chain anew"), expected)
        }
        Mutation::CloseUp => {
            log.execute(format!(
                "delete from events where position = {position};
                 update events set position = position + 1000000 where position > {position};
                 update events set position = position - 1000001 where position > 1000000"
            ))
            .await;
            log.chain_anew(position).await;
            // In its stream a version is missing, unless it was the last; and in the end an event.
            (format!("deleted {position}, closed up, and computed the chain anew"), Expected::From(position))
        }
    }
}

/// Something small in any column.
async fn flip(log: &mut Log, position: Position, dice: &mut StdRng) -> (String, Expected) {
    let mut event = log.at(position).await;
    let columns =
        ["data", "blank", "metadata", "type", "stream_id", "version", "event_id", "recorded_at", "hash"];
    let column = *columns.choose(dice).unwrap();
    match column {
        "data" => event.data = another_letter(&event.data, dice),
        "blank" => event.data.push(' '),
        "metadata" => event.metadata = another_letter(&event.metadata, dice),
        "type" => event.event_type = another_letter(&event.event_type, dice),
        // No other stream has this name: the unique index would refuse what collides.
        "stream_id" => event.stream_id = another_letter(&event.stream_id, dice).to_uppercase(),
        "version" => event.version += dice.random_range(1_000..2_000),
        "event_id" => event.event_id = new_id(),
        "recorded_at" => {
            let later = dice.random_range(1..1_000_000);
            event.recorded_at += chrono::TimeDelta::microseconds(later);
        }
        "hash" => event.hash.0[dice.random_range(0..32_usize)] ^= 1 << dice.random_range(0..8),
        other => panic!("{other}"),
    }
    log.execute(format!("delete from events where position = {position}")).await;
    log.insert(&event).await;
    (format!("changed {column} at {position}"), Expected::At(position))
}

/// One letter becomes another one, one digit another one: JSON stays JSON.
fn another_letter(text: &str, dice: &mut StdRng) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let places: Vec<usize> = (0..bytes.len()).filter(|place| bytes[*place].is_ascii_alphanumeric()).collect();
    let place = *places.choose(dice).unwrap();
    let range = if bytes[place].is_ascii_digit() { b'1'..=b'9' } else { b'a'..=b'z' };
    let before = bytes[place];
    while bytes[place] == before {
        bytes[place] = dice.random_range(range.clone());
    }
    String::from_utf8(bytes).unwrap()
}

/// Between two others, which make room; with any hash, or with the one that would follow.
async fn insert(log: &mut Log, position: Position, dice: &mut StdRng) -> (String, Expected) {
    let before = if position == 1 { [0; 32] } else { log.at(position - 1).await.hash.0 };
    let mut event = RecordedEvent {
        stream_id: format!("order-{}", new_id()),
        version: 1,
        event_id: new_id(),
        ..log.at(position).await
    };
    log.execute(format!(
        "update events set position = position + 1000000 where position >= {position};
         update events set position = position - 999999 where position > 1000000"
    ))
    .await;
    let follows = dice.random();
    event.hash = HashColumn(if follows { event.expected_hash(&before) } else { dice.random() });
    log.insert(&event).await;
    let expected = if follows { Expected::Behind(position) } else { Expected::At(position) };
    (format!("inserted at {position}, hash follows: {follows}"), expected)
}

/// Two rows, or only what they say.
async fn swap(log: &mut Log, position: Position, dice: &mut StdRng) -> (String, Expected) {
    let mut other = position;
    while other == position {
        other = dice.random_range(1..=EVENTS);
    }
    let (first, second) = (log.at(position).await, log.at(other).await);
    let whole = dice.random();
    log.execute(format!("delete from events where position in ({position}, {other})")).await;
    let (one, two) = if whole {
        (RecordedEvent { position: other, ..first.clone() }, RecordedEvent { position, ..second.clone() })
    } else {
        (
            RecordedEvent { data: second.data.clone(), ..first },
            RecordedEvent { data: first.data.clone(), ..second },
        )
    };
    log.insert(&one).await;
    log.insert(&two).await;
    (format!("swapped {position} and {other}, whole rows: {whole}"), Expected::At(position.min(other)))
}

#[expect(clippy::disallowed_macros, reason = "whoever repeats a run needs its seed")]
fn say(text: &str) {
    eprintln!("{text}");
}
