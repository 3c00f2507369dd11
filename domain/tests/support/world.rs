//! A log in memory that runs operations one after another, as the sequencer does.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    Aggregate, DomainEvent, Inventory, NewEvent, Operation, Order, OrderItem, PaymentMethod, Refusal,
    ShowDraft, State, States, StoredEvent, StreamId, UnitOfWork, Versioned,
    operations::{ApprovePayment, OrderSummary, PlaceOrder, PublishShow, ScheduleShow},
};
use uuid::Uuid;

use super::{customer, noon, order_id, organizer, payment_id, show_id};

pub struct World {
    pub log: Vec<NewEvent>,
    pub now: DateTime<Utc>,
    /// What the last operation said its events belong to.
    pub correlation: Option<Uuid>,
    states: HashMap<StreamId, Versioned>,
    drawn: u128,
}

/// Only what the operation named: what it forgot is not there.
struct Loaded<'a> {
    states: &'a HashMap<StreamId, Versioned>,
    named: HashSet<StreamId>,
}

impl States for Loaded<'_> {
    fn get(&self, stream: StreamId) -> Option<&Versioned> {
        self.named.get(&stream).and_then(|stream| self.states.get(stream))
    }
}

impl World {
    pub fn empty() -> Self {
        Self { log: vec![], now: noon(), correlation: None, states: HashMap::new(), drawn: 0 }
    }

    /// A world in which `draft` is on sale.
    pub fn selling(draft: ShowDraft) -> Self {
        let mut world = Self::empty();
        world.run(&ScheduleShow { show: show_id(), organizer: organizer(), draft }).unwrap();
        world.run(&PublishShow { show: show_id(), organizer: organizer() }).unwrap();
        world
    }

    pub fn run<O: Operation>(&mut self, operation: &O) -> Result<O::Answer, Refusal> {
        let named = self.load(operation);
        let base = Loaded { states: &self.states, named };
        let drawn = &mut self.drawn;
        let mut random = || {
            *drawn += 1;
            *drawn
        };
        let mut work = UnitOfWork::new(&base, self.now, &mut random);
        let answer = operation.run(&mut work)?;
        let decided = work.finish();
        for event in &decided.events {
            assert!(!self.log.iter().any(|old| (old.stream, old.version) == (event.stream, event.version)));
        }
        self.log.extend(decided.events);
        self.states.extend(decided.states);
        self.correlation = decided.correlation;
        Ok(answer)
    }

    /// Orders as the customer of that number; the order and its payment have the number, too.
    pub fn order(&mut self, number: u128, items: &[OrderItem]) -> Result<OrderSummary, Refusal> {
        self.order_as(number, number, items)
    }

    pub fn order_as(
        &mut self,
        buyer: u128,
        number: u128,
        items: &[OrderItem],
    ) -> Result<OrderSummary, Refusal> {
        self.run(&PlaceOrder {
            order: order_id(number),
            payment: payment_id(number),
            customer: customer(buyer),
            show: show_id(),
            method: PaymentMethod::Manual,
            takes_cards: false,
            items: items.to_vec(),
        })
    }

    pub fn approve(&mut self, number: u128) {
        self.run(&ApprovePayment { payment: payment_id(number) }).unwrap();
    }

    pub fn state<A: Aggregate + Clone>(&self, id: A::Id) -> A {
        self.states
            .get(&A::stream(id))
            .and_then(|known| A::from_state(&known.state))
            .cloned()
            .unwrap_or_default()
    }

    pub fn inventory(&self) -> Inventory {
        self.state(show_id())
    }

    pub fn order_state(&self, number: u128) -> Order {
        self.state(order_id(number))
    }

    pub fn types(&self) -> Vec<&str> {
        self.log.iter().map(|event| event.event_type.as_str()).collect()
    }

    pub fn events(&self) -> Vec<DomainEvent> {
        self.log.iter().map(|event| DomainEvent::decode(event.stream, stored(event)).unwrap()).collect()
    }

    /// What the log alone comes to, beside what is kept: serialised, to be compared.
    pub fn folded_and_kept(&self) -> (Vec<String>, Vec<String>) {
        let mut folded: HashMap<StreamId, Versioned> = HashMap::new();
        for event in &self.log {
            let known =
                folded.entry(event.stream).or_insert_with(|| Versioned::empty(event.stream.category()));
            known.state.evolve(stored(event)).unwrap();
            known.version += 1;
            assert_eq!(known.version, event.version);
        }
        let text = |states: &HashMap<StreamId, Versioned>| {
            let mut lines: Vec<String> =
                states.iter().filter(|(_, known)| known.version > 0).map(line).collect();
            lines.sort();
            lines
        };
        (text(&folded), text(&self.states))
    }

    fn load<O: Operation>(&mut self, operation: &O) -> HashSet<StreamId> {
        let mut named = HashSet::new();
        loop {
            let loaded = Loaded { states: &self.states, named: named.clone() };
            let asked = operation.streams(&loaded);
            let before = named.len();
            for stream in asked {
                self.states.entry(stream).or_insert_with(|| Versioned::empty(stream.category()));
                named.insert(stream);
            }
            if named.len() == before {
                return named;
            }
        }
    }
}

fn line((stream, known): (&StreamId, &Versioned)) -> String {
    format!("{stream} {} {}", known.version, serde_json::to_string::<State>(&known.state).unwrap())
}

fn stored(event: &NewEvent) -> StoredEvent<'_> {
    StoredEvent { event_type: &event.event_type, schema: event.schema, data: &event.data }
}
