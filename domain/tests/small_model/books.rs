//! The log and the states it leads to, as a sequencer has them; cheap to copy, so that every move starts from its own.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Aggregate, NewEvent, Operation, Refusal, State, States, StoredEvent, StreamId, UnitOfWork, Versioned,
    operations::{PublishShow, ScheduleShow},
};

use super::{
    ledger::Ledger,
    scene::Scene,
    support::{noon, organizer, show_id},
};

/// Half of the show's hold, so that a hold is seen young, old, and exactly at its end.
pub(crate) const TICK: TimeDelta = TimeDelta::seconds(450);

/// Which states the sequencer has at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cache {
    /// All that there are.
    Warm,
    /// Those that the operation named.
    Cold,
}

/// What became of an operation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    /// It was committed, with so many events.
    Done(usize),
    /// A rule says no.
    Refused(Refusal),
    /// The log has that version of the stream already, and takes none of the operation's events.
    Rejected,
}

#[derive(Clone)]
pub(crate) struct Books {
    pub(crate) now: DateTime<Utc>,
    pub(crate) log: Vec<Arc<NewEvent>>,
    pub(crate) states: HashMap<StreamId, Versioned>,
    /// What the log says of money.
    pub(crate) ledger: Ledger,
    drawn: u128,
}

struct AtHand<'a> {
    books: &'a Books,
    named: Option<Vec<StreamId>>,
    empty: &'a HashMap<StreamId, Versioned>,
}

impl States for AtHand<'_> {
    fn get(&self, stream: StreamId) -> Option<&Versioned> {
        let may_see = self.named.as_ref().is_none_or(|named| named.contains(&stream));
        let known = self.books.states.get(&stream).filter(|_| may_see);
        known.or_else(|| self.empty.get(&stream))
    }
}

impl Books {
    /// The scene's show is on sale.
    pub(crate) fn open(scene: &Scene) -> Self {
        let (show, organizer) = (show_id(), organizer());
        let schedule = ScheduleShow { show, organizer, draft: scene.draft.clone() };
        let (log, states, ledger) = (vec![], HashMap::new(), Ledger::default());
        let empty = Self { now: noon(), log, states, ledger, drawn: 0 };
        empty.then(&schedule, Cache::Warm).then(&PublishShow { show, organizer }, Cache::Warm)
    }

    /// The books after `operation`, whatever came of it.
    pub(crate) fn then<O: Operation>(self, operation: &O, cache: Cache) -> Self {
        self.run(operation, cache).0.unwrap_or(self)
    }

    /// The books after `operation`, if it was committed; these stay as they are.
    pub(crate) fn run<O: Operation>(&self, operation: &O, cache: Cache) -> (Option<Self>, Outcome) {
        let (named, empty) = self.load(operation);
        let base = AtHand { books: self, named: (cache == Cache::Cold).then_some(named), empty: &empty };
        let mut drawn = self.drawn;
        let mut random = || {
            drawn += 1;
            drawn
        };
        let mut work = UnitOfWork::new(&base, self.now, &mut random);
        let answer = operation.run(&mut work);
        let decided = work.finish();
        if let Err(refusal) = answer {
            assert!(!matches!(refusal, Refusal::StreamNotLoaded(_)), "{refusal}");
            return (None, Outcome::Refused(refusal));
        }
        if decided.events.iter().any(|event| event.version <= self.version(event.stream)) {
            return (None, Outcome::Rejected);
        }
        let mut after = Self { drawn, ..self.clone() };
        let events = decided.events.len();
        decided.events.iter().for_each(|event| after.ledger.book(event));
        after.log.extend(decided.events.into_iter().map(Arc::new));
        after.states.extend(decided.states);
        (Some(after), Outcome::Done(events))
    }

    /// The streams that the operation names, as the sequencer finds them: asking again after every load.
    fn load<O: Operation>(&self, operation: &O) -> (Vec<StreamId>, HashMap<StreamId, Versioned>) {
        let (mut named, mut empty) = (vec![], HashMap::new());
        loop {
            let loaded = AtHand { books: self, named: Some(named.clone()), empty: &empty };
            let asked = operation.streams(&loaded);
            let new: Vec<_> = asked.into_iter().filter(|stream| !named.contains(stream)).collect();
            if new.is_empty() {
                return (named, empty);
            }
            let unknown = new.iter().filter(|stream| !self.states.contains_key(stream));
            empty.extend(unknown.map(|stream| (*stream, Versioned::empty(stream.category()))));
            named.extend(new);
        }
    }

    /// The last version of a stream, as the log has it.
    fn version(&self, stream: StreamId) -> u64 {
        let last = self.log.iter().rev().find(|event| event.stream == stream);
        last.map_or(0, |event| event.version)
    }

    pub(crate) fn state<A: Aggregate>(&self, id: A::Id) -> A {
        let known = self.states.get(&A::stream(id)).and_then(|known| A::from_state(&known.state));
        known.cloned().unwrap_or_default()
    }

    /// What is kept, serialised.
    pub(crate) fn kept(&self) -> Vec<String> {
        lines(&self.states)
    }

    /// What the log alone comes to, serialised.
    pub(crate) fn folded(&self) -> Result<Vec<String>, String> {
        let mut folded: HashMap<StreamId, Versioned> = HashMap::new();
        for event in &self.log {
            let known =
                folded.entry(event.stream).or_insert_with(|| Versioned::empty(event.stream.category()));
            known.version += 1;
            if known.version != event.version {
                return Err(format!("{} has no version {}", event.stream, known.version));
            }
            known.state.evolve(stored(event)).map_err(|error| error.to_string())?;
        }
        Ok(lines(&folded))
    }
}

pub(crate) fn stored(event: &NewEvent) -> StoredEvent<'_> {
    StoredEvent { event_type: &event.event_type, schema: event.schema, data: &event.data }
}

fn lines(states: &HashMap<StreamId, Versioned>) -> Vec<String> {
    let happened = states.iter().filter(|(_, known)| known.version > 0);
    let mut lines: Vec<_> = happened
        .map(|(stream, known)| {
            let state = serde_json::to_string::<State>(&known.state).unwrap();
            format!("{stream} {} {state}", known.version)
        })
        .collect();
    lines.sort();
    lines
}
