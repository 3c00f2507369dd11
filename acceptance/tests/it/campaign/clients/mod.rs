//! Customers, and an organizer who keeps them supplied with shows.

mod acts;
mod board;
mod customer;
mod garbage;
mod gate;
mod persist;
mod reads;

use std::{sync::Arc, time::Duration};

use rand::{SeedableRng, rngs::StdRng};
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinHandle;

pub(crate) use board::{Board, Promoter};
use customer::Customer;
pub(crate) use gate::Gate;
pub(crate) use persist::{Person, ask_at};

use super::{office::Office, plan::Plan, record::Record};
use crate::support::{Caller, PASSWORD, new_key};

/// So many customers share an account: their keys must not collide, and their orders may.
const SHARE: usize = 3;

/// Everyone who calls the APIs.
pub(crate) struct Crowd {
    gate: Arc<Gate>,
    pub(crate) board: Arc<Board>,
    tasks: Vec<JoinHandle<()>>,
    /// One of the customers, for the checker.
    pub(crate) customer: Caller,
    pub(crate) record: Arc<Record>,
}

impl Crowd {
    pub(crate) async fn gather(office: &Arc<Office>, record: &Arc<Record>, plan: &Plan) -> Self {
        let (organizer, operator) = tokio::join!(staff(office, "organizer"), staff(office, "operator"));
        let mut accounts = Vec::new();
        for _ in 0..plan.clients.div_ceil(SHARE) {
            accounts.push(customer(office).await);
        }
        let (gate, board) = (Arc::new(Gate::open()), Arc::new(Board::default()));
        let person = |caller: &Caller, number: usize| Person {
            ways: office.ways_in(caller),
            record: Arc::clone(record),
            rng: StdRng::seed_from_u64(plan.seed ^ (number as u64) << 32),
        };
        let mut promoter = Promoter { organizer: person(&organizer, 999), board: Arc::clone(&board) };
        promoter.fill().await;
        let mut tasks = vec![tokio::spawn(promoter.work(Arc::clone(&gate)))];
        for number in 0..plan.clients {
            let customer = Customer::new(
                person(&accounts[number / SHARE], number),
                person(&operator, 500 + number),
                Arc::clone(&board),
            );
            tasks.push(tokio::spawn(customer.work(Arc::clone(&gate))));
        }
        Self { gate, board, tasks, customer: accounts.remove(0), record: Arc::clone(record) }
    }

    /// Nobody begins anything new; whether everyone had their answers in time.
    pub(crate) async fn hush(&self, within: Duration) -> bool {
        self.gate.close();
        tokio::time::timeout(within, self.gate.empty()).await.is_ok()
    }

    pub(crate) fn resume(&self) {
        self.gate.reopen();
    }

    /// Whether one of them gave up in a way that they should not.
    pub(crate) fn has_lost_somebody(&self) -> bool {
        self.tasks.iter().any(JoinHandle::is_finished)
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn staff(office: &Office, role: &str) -> Caller {
    let email = office.world.hire(&[role]).await;
    office.stranger().sign_in(&email, PASSWORD).await
}

async fn customer(office: &Office) -> Caller {
    let stranger = office.stranger();
    let email = format!("{}@example.org", new_key());
    let body = json!({ "email": email, "password": PASSWORD, "name": "Casey" });
    stranger.command(Method::POST, "/v1/users", body).await.ok(201);
    stranger.sign_in(&email, PASSWORD).await
}
