//! One customer: buys, pays or does not, asks twice, reads, and now and then sends nonsense.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use rand::RngExt;
use tokio::time::sleep;

use super::{Board, Gate, Person};
use crate::{campaign::record::Ask, support::Reply};

/// What customers remember of what they did.
const REMEMBERED: usize = 30;

/// An order as its customer knows it.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub(super) order: String,
    /// Only what can't change any more.
    pub(super) settled: Option<&'static str>,
}

pub(super) struct Customer {
    pub(super) me: Person,
    /// The member of staff who sees this customer's money.
    pub(super) operator: Person,
    pub(super) board: Arc<Board>,
    /// The highest position this customer was ever told.
    pub(super) position: i64,
    pub(super) own: VecDeque<Own>,
    pub(super) answered: VecDeque<(Ask, Reply)>,
}

impl Customer {
    pub(super) fn new(me: Person, operator: Person, board: Arc<Board>) -> Self {
        Self { me, operator, board, position: 0, own: VecDeque::new(), answered: VecDeque::new() }
    }

    pub(super) async fn work(mut self, gate: Arc<Gate>) {
        loop {
            sleep(Duration::from_millis(self.me.rng.random_range(0..200))).await;
            let _inside = gate.pass().await;
            match self.me.rng.random_range(0..100) {
                0..70 => self.buy().await,
                70..80 => self.read_something().await,
                80..86 => self.repeat().await,
                86..90 => self.say_something_else_with_the_same_key().await,
                90..94 => self.ask_twice_at_once().await,
                _ => self.send_nonsense().await,
            }
        }
    }

    pub(super) fn learns(&mut self, reply: &Reply) {
        self.position = self.position.max(reply.body["position"].as_i64().unwrap_or_default());
    }

    pub(super) fn remembers(&mut self, own: Own) {
        self.own.push_back(own);
        if self.own.len() > REMEMBERED {
            self.own.pop_front();
        }
    }

    pub(super) fn was_answered(&mut self, ask: Ask, reply: Reply) {
        self.answered.push_back((ask, reply));
        if self.answered.len() > REMEMBERED {
            self.answered.pop_front();
        }
    }

    /// An answer that no fault excuses.
    pub(super) fn complains(&self, about: impl std::fmt::Debug, reply: &Reply) {
        self.me.record.violation(format!("{about:?} was answered {reply:?}"));
    }
}
