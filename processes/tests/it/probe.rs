//! A process that is told by the size of an order what to do.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Category, DomainEvent, OrderEvent};
use event_store::{RecordedEvent, Sequencer};
use processes::{Performed, Process, Reaction, Step};
use uuid::Uuid;

/// How often each target was tried.
static TRIES: LazyLock<Mutex<HashMap<Uuid, u32>>> = LazyLock::new(Mutex::default);

/// An order of one seat leads to a step that works, one of two to a step that fails, of three to one that panics, of four
/// to one that never ends, and of five to one that takes its time.
pub(crate) struct Probe;

pub(crate) fn tries(target: Uuid) -> u32 {
    TRIES.lock().unwrap().get(&target).copied().unwrap_or_default()
}

impl Process for Probe {
    const NAME: &'static str = "probe";
    type Context = Sequencer;

    fn concerns(category: Category) -> bool {
        category == Category::Order
    }

    fn react(event: &DomainEvent, record: &RecordedEvent) -> Vec<Reaction> {
        let Some((order, _, seats)) = placed(event) else { return vec![] };
        let step = match seats {
            1 => "works",
            2 => "fails",
            3 => "panics",
            4 => "never ends",
            _ => "takes its time",
        };
        vec![Reaction::Schedule { target: order, step, due_at: record.recorded_at }]
    }

    async fn perform(_: &Sequencer, step: &Step) -> Performed {
        *TRIES.lock().unwrap().entry(step.target).or_default() += 1;
        match step.step.as_str() {
            "works" => Performed::Done,
            "fails" => Performed::Failed("as it should".into()),
            "panics" => panic!("out of tea"),
            "never ends" => std::future::pending().await,
            _ => Performed::Partly {
                progress: "half of it is done".into(),
                next: step.due_at + TimeDelta::hours(1),
            },
        }
    }
}

/// One seat notes a step about the show, two take it back, three do both.
fn note(event: &DomainEvent, at: DateTime<Utc>) -> Vec<Reaction> {
    let Some((_, target, seats)) = placed(event) else { return vec![] };
    let schedule = Reaction::Schedule { target, step: "note", due_at: at + TimeDelta::days(1) };
    let drop = Reaction::Drop { target, step: "note" };
    match seats {
        1 => vec![schedule],
        2 => vec![drop],
        _ => vec![drop, schedule],
    }
}

/// Reads everything in one page.
pub(crate) struct Together;
/// Reads every order in a page of its own.
pub(crate) struct Apart;

impl Process for Together {
    const NAME: &'static str = "together";
    type Context = Sequencer;

    fn concerns(category: Category) -> bool {
        category == Category::Order
    }

    fn react(event: &DomainEvent, record: &RecordedEvent) -> Vec<Reaction> {
        note(event, record.recorded_at)
    }

    async fn perform(_: &Sequencer, _: &Step) -> Performed {
        Performed::Done
    }
}

impl Process for Apart {
    const NAME: &'static str = "apart";
    type Context = Sequencer;

    fn concerns(category: Category) -> bool {
        category == Category::Order
    }

    fn react(event: &DomainEvent, record: &RecordedEvent) -> Vec<Reaction> {
        note(event, record.recorded_at)
    }

    async fn perform(_: &Sequencer, _: &Step) -> Performed {
        Performed::Done
    }
}

/// The order, its show and how many seats it has.
fn placed(event: &DomainEvent) -> Option<(Uuid, Uuid, usize)> {
    let DomainEvent::Order(order, OrderEvent::OrderPlaced(placed)) = event else { return None };
    Some((order.uuid(), placed.show.uuid(), placed.lines.len()))
}
