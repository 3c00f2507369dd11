//! Somebody who asks, with one key, until there is an answer.

use std::{sync::Arc, time::Duration};

use rand::{RngExt, rngs::StdRng};
use tokio::time::sleep;

use crate::{
    campaign::record::{Ask, Record},
    support::{Caller, Reply},
};

/// One in so many gives up when they are told to come back, and never learns what became of it.
const GIVES_UP: u32 = 25;

pub(crate) struct Person {
    /// The same session at every process that serves.
    pub(crate) ways: Vec<Caller>,
    pub(crate) record: Arc<Record>,
    pub(crate) rng: StdRng,
}

impl Person {
    pub(crate) fn way(&mut self) -> Caller {
        self.ways[self.rng.random_range(0..self.ways.len())].clone()
    }

    pub(crate) fn chance(&mut self, one_in: u32) -> bool {
        self.rng.random_range(0..one_in) == 0
    }

    /// One request.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Option<Reply> {
        let way = self.way();
        ask_at(&self.record, &way, ask).await
    }

    /// Until there is an answer that is final; nothing, if this person gave up before.
    pub(crate) async fn persist(&mut self, ask: &Ask) -> Option<Reply> {
        loop {
            match self.ask(ask).await {
                Some(reply) if !is_passing(&reply) => return Some(reply),
                _ if self.chance(GIVES_UP) => return None,
                _ => sleep(Duration::from_millis(self.rng.random_range(20..250))).await,
            }
        }
    }

    /// As [`Person::persist`], and never gives up.
    pub(crate) async fn insist(&mut self, ask: &Ask) -> Reply {
        loop {
            if let Some(reply) = self.persist(ask).await {
                return reply;
            }
        }
    }
}

/// One request, at a certain process.
pub(crate) async fn ask_at(record: &Record, way: &Caller, ask: &Ask) -> Option<Reply> {
    let id = record.asks(&way.user_id, ask, &way.api.commands);
    let reply = way.try_post(&ask.key, &ask.path, &ask.body).await;
    record.hears(id, &reply);
    reply.ok()
}

/// Whether it says to come back.
pub(super) fn is_passing(reply: &Reply) -> bool {
    [429, 503].contains(&reply.status)
}
