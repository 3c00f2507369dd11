//! The log, read bit by bit as it grows, and everything that follows from it.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::support::{
    World,
    audit::{self, Books, Chain, Event, Touched},
};

/// Read at once.
const PAGE: i64 = 5_000;

#[derive(Default)]
pub(super) struct Ledger {
    chain: Chain,
    books: Books,
    /// What each command came to: type, stream and position of its events.
    commands: HashMap<Uuid, Vec<Did>>,
    /// Every status that an order ever had, and since which position.
    statuses: HashMap<String, Vec<(i64, String)>>,
}

/// An event, as far as its command is concerned.
#[derive(Debug, Clone)]
pub(super) struct Did {
    pub(super) event_type: String,
    pub(super) stream: String,
    pub(super) position: i64,
}

/// What was new.
pub(super) struct News {
    pub(super) first: i64,
    pub(super) events: Vec<Event>,
}

impl Ledger {
    /// Reads what was appended since; panics where it breaks a rule.
    pub(super) async fn follow(&mut self, world: &World) -> News {
        let first = self.head() + 1;
        let mut all = Vec::new();
        loop {
            let page = audit::read_after(world, self.head(), PAGE).await;
            if page.is_empty() {
                return News { first, events: all };
            }
            for event in &page {
                self.enter(event);
            }
            all.extend(page);
        }
    }

    fn enter(&mut self, event: &Event) {
        self.chain.follow(event);
        self.books.enter(event);
        let did = Did {
            event_type: event.event_type.clone(),
            stream: event.stream_id.clone(),
            position: event.position,
        };
        self.commands.entry(event.command_id().parse().unwrap()).or_default().push(did);
        if let ("order", order) = event.stream() {
            let status = self.books.orders[order]["status"].as_str().unwrap().to_owned();
            self.statuses.entry(order.to_owned()).or_default().push((event.position, status));
        }
    }

    pub(super) fn head(&self) -> i64 {
        self.chain.position()
    }

    pub(super) fn last_hash(&self) -> &[u8] {
        self.chain.hash()
    }

    pub(super) fn orders(&self) -> usize {
        self.books.orders.len()
    }

    pub(super) fn orders_in(&self, status: &str) -> usize {
        self.books.orders_in(status)
    }

    pub(super) fn order(&self, order: &str) -> Option<&serde_json::Value> {
        self.books.orders.get(order)
    }

    pub(super) fn commands(&self) -> &HashMap<Uuid, Vec<Did>> {
        &self.commands
    }

    /// The statuses of an order, each with the position since which it had it.
    pub(super) fn statuses(&self, order: &str) -> &[(i64, String)] {
        self.statuses.get(order).map_or(&[], Vec::as_slice)
    }

    /// The rows that the new events touched.
    pub(super) async fn read_models_equal(&self, world: &World, news: &News) {
        let touched: BTreeSet<String> = news.events.iter().map(|event| event.stream().1.to_owned()).collect();
        audit::tables_equal(world, &self.books, &Touched::These(touched.into_iter().collect())).await;
    }

    pub(super) async fn all_read_models_equal(&self, world: &World) {
        audit::tables_equal(world, &self.books, &Touched::All).await;
    }
}
