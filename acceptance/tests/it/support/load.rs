//! Customers who buy without pause, and say what they were promised.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rand::RngExt;
use serde_json::{Value, json};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{Caller, Reply, new_key};

/// How long a client goes on asking.
const PATIENCE: Duration = Duration::from_secs(90);

/// An order as its customer was last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) order_id: String,
    pub(crate) status: &'static str,
}

/// Many customers at once. Each asks again, with the same key, until there is an answer.
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    workers: Vec<JoinHandle<Vec<Outcome>>>,
}

impl Load {
    pub(crate) fn start(customer: &Caller, operator: &Caller, show: &str, workers: usize) -> Self {
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let buyer = Buyer { customer: customer.clone(), operator: operator.clone(), show: show.to_owned() };
        let workers = (0..workers)
            .map(|_| tokio::spawn(buyer.clone().buy_on(Arc::clone(&stop), Arc::clone(&answered))));
        Self { workers: workers.collect(), stop, answered }
    }

    /// How many commands have been answered so far.
    pub(crate) fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Waits until so many more commands were answered.
    pub(crate) async fn answers(&self, more: usize, within: Duration) {
        let wanted = self.answered() + more;
        super::eventually("answers to customers", within, || async {
            (self.answered() >= wanted).then_some(())
        })
        .await;
    }

    /// Every customer gets the last answer; all that they were promised.
    pub(crate) async fn finish(self) -> Vec<Outcome> {
        self.stop.store(true, Ordering::Relaxed);
        let mut outcomes = Vec::new();
        for worker in self.workers {
            outcomes.extend(worker.await.unwrap());
        }
        outcomes
    }
}

#[derive(Clone)]
struct Buyer {
    customer: Caller,
    operator: Caller,
    show: String,
}

impl Buyer {
    async fn buy_on(self, stop: Arc<AtomicBool>, answered: Arc<AtomicUsize>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            outcomes.extend(self.buy(&answered).await);
        }
        outcomes
    }

    /// Places an order and, by chance, sees it approved, cancelled, rejected, or left alone.
    async fn buy(&self, answered: &AtomicUsize) -> Option<Outcome> {
        let placed = until_answered(&self.customer, "/v1/orders", &self.order()).await;
        answered.fetch_add(1, Ordering::Relaxed);
        if placed.status == 409 {
            return None;
        }
        let placed = placed.ok(201);
        let (order_id, payment) = (placed.text("order_id"), placed.text("payment_id"));
        let chance: u32 = rand::rng().random_range(0..4);
        let (caller, path, status) = match chance {
            0 => (&self.operator, format!("/v1/payments/{payment}/approve"), "confirmed"),
            1 => (&self.operator, format!("/v1/payments/{payment}/reject"), "failed"),
            2 => (&self.customer, format!("/v1/orders/{order_id}/cancel"), "cancelled"),
            _ => return Some(Outcome { order_id, status: "pending" }),
        };
        until_answered(caller, &path, &json!({})).await.ok(200);
        answered.fetch_add(1, Ordering::Relaxed);
        Some(Outcome { order_id, status })
    }

    /// One of the sections of [`Load::sections`].
    fn order(&self) -> Value {
        let mut rng = rand::rng();
        let quantity = rng.random_range(1..=4);
        let section = ["FIELD", "FIELD", "FRONT", "HALL"][rng.random_range(0..4)];
        json!({
            "show_id": self.show, "payment_method": "manual",
            "items": [{ "section": section, "quantity": quantity }],
        })
    }
}

impl Load {
    /// One section that never sells out, one that soon does, and numbered seats.
    pub(crate) fn sections() -> Value {
        let rows: Vec<Value> =
            ["A", "B", "C", "D"].iter().map(|row| json!({ "row": row, "seats": 10 })).collect();
        json!([
            { "code": "FIELD", "name": "Field", "price": 1_000, "capacity": 90_000 },
            { "code": "FRONT", "name": "Front", "price": 5_000, "capacity": 60 },
            { "code": "HALL", "name": "Hall", "price": 7_500, "rows": rows },
        ])
    }
}

/// Asks, with one key, until there is an answer that is no 503.
pub(crate) async fn until_answered(caller: &Caller, path: &str, body: &Value) -> Reply {
    let (key, begun) = (new_key(), Instant::now());
    loop {
        match caller.try_post(&key, path, body).await {
            Ok(reply) if !reply.asks_for_patience() => return reply,
            last => assert!(begun.elapsed() < PATIENCE, "no answer from {path} in {PATIENCE:?}: {last:?}"),
        }
        sleep(Duration::from_millis(50)).await;
    }
}
