//! What customers do to orders.

use rand::RngExt;
use serde_json::{Value, json};

use super::{
    customer::{Customer, Own},
    persist::{ask_at, is_passing},
};
use crate::{
    campaign::record::{Ask, Verb},
    support::{Reply, new_key},
};

/// What an order may be refused for.
const NOTHING_LEFT: [&str; 4] =
    ["not-enough-available", "seats-taken", "no-adjacent-seats", "show-not-on-sale"];

impl Customer {
    /// Places an order and, by chance, sees it paid, rejected, cancelled, or left to expire.
    pub(super) async fn buy(&mut self) {
        let show = self.board.any(&mut self.me.rng);
        let ask = self.order(&show.id);
        let Some(reply) = self.me.persist(&ask).await else { return };
        if reply.status != 201 {
            show.disappoints();
            if !is_refusal(&reply, &NOTHING_LEFT) {
                self.complains(&ask, &reply);
            }
            return;
        }
        self.learns(&reply);
        let (order, payment) = (reply.text("order_id"), reply.text("payment_id"));
        self.was_answered(ask, reply);
        let settled = match self.me.rng.random_range(0..100) {
            0..30 => self.settle(Verb::Approve, format!("/v1/payments/{payment}/approve")).await,
            30..40 => self.settle(Verb::Reject, format!("/v1/payments/{payment}/reject")).await,
            40..55 => self.settle(Verb::Cancel, format!("/v1/orders/{order}/cancel")).await,
            _ => None,
        };
        let own = Own { order, settled };
        if self.me.chance(3) {
            self.read(&own).await;
        }
        self.remembers(own);
    }

    /// What the order came to, if this customer was told.
    async fn settle(&mut self, verb: Verb, path: String) -> Option<&'static str> {
        let ask = Ask { verb, key: new_key(), path, body: json!({}) };
        let who = if verb == Verb::Cancel { &mut self.me } else { &mut self.operator };
        let reply = who.persist(&ask).await?;
        let (status, refusal) = match verb {
            Verb::Approve => ("confirmed", "payment-not-pending"),
            Verb::Reject => ("failed", "payment-not-pending"),
            Verb::Place | Verb::Cancel | Verb::Schedule | Verb::Publish | Verb::Close => {
                ("cancelled", "order-not-pending")
            }
        };
        if reply.status == 200 {
            self.learns(&reply);
            self.was_answered(ask, reply);
            return Some(status);
        }
        if !is_refusal(&reply, &[refusal]) {
            self.complains(&ask, &reply);
        }
        None
    }

    /// What was answered once is answered the same way again, by whichever process.
    pub(super) async fn repeat(&mut self) {
        let Some((ask, _)) = self.any_answered() else { return };
        let who = if is_operators(&ask) { &mut self.operator } else { &mut self.me };
        // The record compares.
        who.persist(&ask).await;
    }

    /// A key belongs to one request.
    pub(super) async fn say_something_else_with_the_same_key(&mut self) {
        let Some((ask, _)) = self.any_answered() else { return };
        let who = if is_operators(&ask) { &mut self.operator } else { &mut self.me };
        let show = "0199f3c1-0000-7000-8000-000000000004";
        let other = json!({ "show_id": show, "payment_method": "manual", "items": [{ "section": "X", "quantity": 1 }] });
        let Ok(reply) = who.way().try_post(&ask.key, "/v1/orders", &other).await else { return };
        self.me.record.notes("another request with the same key", &reply.status.to_string());
        if !is_passing(&reply) && !is_problem(&reply, 422, &["idempotency-key-reused"]) {
            self.complains(("the same key for another request", ask), &reply);
        }
    }

    /// The same request to two processes at the same time.
    pub(super) async fn ask_twice_at_once(&mut self) {
        let show = self.board.any(&mut self.me.rng);
        let ask = self.order(&show.id);
        let (first, second) = (self.me.ways[0].clone(), self.me.ways[self.me.ways.len() - 1].clone());
        let record = &self.me.record;
        tokio::join!(ask_at(record, &first, &ask), ask_at(record, &second, &ask));
        if let Some(reply) = self.me.persist(&ask).await.filter(|reply| reply.status == 201) {
            self.learns(&reply);
            let own = Own { order: reply.text("order_id"), settled: None };
            self.was_answered(ask, reply);
            self.remembers(own);
        }
    }

    fn any_answered(&mut self) -> Option<(Ask, Reply)> {
        let number = self.answered.len();
        (number > 0).then(|| self.answered[self.me.rng.random_range(0..number)].clone())
    }

    /// Seats by name that others want as well, best seats, or a number of places.
    fn order(&mut self, show: &str) -> Ask {
        let rng = &mut self.me.rng;
        let item: Value = match rng.random_range(0..10) {
            0..4 => {
                let row = ["A", "B", "C", "D"][rng.random_range(0..4)];
                let first = rng.random_range(1..=8);
                let seats: Vec<String> =
                    (first..=first + rng.random_range(0..=2)).map(|seat| format!("{row}-{seat}")).collect();
                json!({ "section": "HALL", "seats": seats })
            }
            4..6 => json!({ "section": "HALL", "quantity": rng.random_range(1..=4) }),
            6 => json!({ "section": "FRONT", "quantity": rng.random_range(1..=3) }),
            _ => json!({ "section": "FIELD", "quantity": rng.random_range(1..=4) }),
        };
        let body = json!({ "show_id": show, "payment_method": "manual", "items": [item] });
        Ask { verb: Verb::Place, key: new_key(), path: "/v1/orders".to_owned(), body }
    }
}

fn is_operators(ask: &Ask) -> bool {
    [Verb::Approve, Verb::Reject].contains(&ask.verb)
}

fn is_refusal(reply: &Reply, names: &[&str]) -> bool {
    is_problem(reply, 409, names)
}

pub(super) fn is_problem(reply: &Reply, status: u16, names: &[&str]) -> bool {
    let name = reply.body["type"].as_str().and_then(|name| name.strip_prefix("urn:stagedoor:problem:"));
    reply.status == status && name.is_some_and(|name| names.contains(&name))
}
