//! A provider, its client, and whoever it tells.

mod hook;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Currency, OrderId, PaymentId};
use provider_sim::{Options, Simulator, SimulatorError};
use providers::{
    Charge, ChargeState, Provider, ProviderError, Refund,
    signature::Secrets,
    stripe::{self, Stripe},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

pub(crate) use hook::Hook;

pub(crate) const KEY: &str = "sk_test_simulated";
const WEBHOOK_SECRET: &str = "whsec_simulated";
/// A condition that does not come true in this time never does.
const PATIENCE: Duration = Duration::from_secs(20);

/// Time that passes, and jumps when asked to.
#[derive(Clone)]
pub(crate) struct TestClock {
    begun: Instant,
    ahead: Arc<AtomicI64>,
}

impl TestClock {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let passed = i64::try_from(self.begun.elapsed().as_millis()).unwrap();
        let since = TimeDelta::milliseconds(passed + self.ahead.load(SeqCst));
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + since
    }

    pub(crate) fn jump(&self, by: TimeDelta) {
        self.ahead.fetch_add(by.num_milliseconds(), SeqCst);
    }
}

pub(crate) struct World {
    pub(crate) clock: TestClock,
    pub(crate) hook: Hook,
    pub(crate) stripe: Stripe,
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
    directory: TempDir,
    cancel: DropGuard,
    running: JoinHandle<Result<(), SimulatorError>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = TestClock { begun: Instant::now(), ahead: Arc::default() };
        Self::open(clock, Hook::open().await, tempfile::tempdir().unwrap()).await
    }

    async fn open(clock: TestClock, hook: Hook, directory: TempDir) -> Self {
        let simulator = Simulator::open(options(&clock, &hook, &directory)).await.unwrap();
        let (address, cancel) = (simulator.address().unwrap(), CancellationToken::new());
        let running = tokio::spawn(simulator.run(cancel.clone()));
        let (stripe, http, cancel) = (client(address), reqwest::Client::new(), cancel.drop_guard());
        Self { clock, hook, stripe, address, http, directory, cancel, running }
    }

    pub(crate) fn books_file(&self) -> PathBuf {
        self.directory.path().join("books.jsonl")
    }

    pub(crate) fn options(&self) -> Options {
        options(&self.clock, &self.hook, &self.directory)
    }

    /// The same provider, after it ended.
    pub(crate) async fn restart(self) -> Self {
        self.restart_after(|_| ()).await
    }

    /// The same, after something happened to its books.
    pub(crate) async fn restart_after(self, happened: impl FnOnce(&Path)) -> Self {
        let path = self.books_file();
        let Self { clock, hook, directory, cancel, running, .. } = self;
        cancel.disarm().cancel();
        running.await.unwrap().unwrap();
        happened(&path);
        Self::open(clock, hook, directory).await
    }

    /// A charge of this amount, in minor units, that nobody was asked for yet.
    pub(crate) fn new_charge(&self, amount: i64) -> Charge {
        let (payment, order) = (PaymentId::from(new_uuid()), OrderId::from(new_uuid()));
        Charge { payment, order, amount, currency: Currency::EUR, requested_at: self.clock.now() }
    }

    pub(crate) async fn find(&self, charge: &Charge) -> ChargeState {
        let reference = self.reference(charge).await;
        self.stripe.find(charge, reference.as_deref()).await.unwrap().unwrap()
    }

    /// How the provider calls a charge: from its list, since search lags behind.
    pub(crate) async fn reference(&self, charge: &Charge) -> Option<String> {
        let (_, listed) = self.get("/v1/payment_intents?limit=100", Some(KEY)).await;
        let payment = charge.payment.to_string();
        let intents = listed["data"].as_array().unwrap().iter();
        let mut ours = intents.filter(|intent| intent["metadata"]["payment_id"] == payment);
        ours.next().map(|intent| intent["id"].as_str().unwrap().to_owned())
    }

    /// What calling it off came to.
    pub(crate) async fn cancel(&self, charge: &Charge) -> ChargeState {
        let reference = self.reference(charge).await;
        self.stripe.cancel(charge, reference.as_deref()).await.unwrap().unwrap()
    }

    /// Until the provider says so.
    pub(crate) async fn comes_to(&self, charge: &Charge, is: impl Fn(&ChargeState) -> bool) {
        eventually(async || is(&self.find(charge).await)).await;
    }

    /// What the books say was taken and given back for a charge, and how many captures and refunds that were.
    pub(crate) async fn booked(&self, charge: &Charge) -> (i64, i64, usize, usize) {
        let books = self.get("/books", None).await.1;
        let accounts = books["data"].as_array().unwrap().iter();
        let ours: Vec<&Value> =
            accounts.filter(|account| account["payment_id"] == charge.payment.to_string()).collect();
        let sum = |name: &str| ours.iter().map(|account| account[name].as_i64().unwrap()).sum();
        let count = |name: &str| ours.iter().map(|account| account[name].as_array().unwrap().len()).sum();
        (sum("taken"), sum("refunded"), count("captures"), count("refunds"))
    }

    pub(crate) async fn get(&self, path: &str, key: Option<&str>) -> (u16, Value) {
        let mut request = self.http.get(format!("http://{}{path}", self.address));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Status, whether it was answered before, and the body.
    pub(crate) async fn post(&self, path: &str, form: &str, key: &str) -> (u16, bool, Value) {
        let request = self.http.post(format!("http://{}{path}", self.address)).bearer_auth(KEY);
        let request = request.header("Idempotency-Key", key).body(form.to_owned());
        let response = request.send().await.unwrap();
        let replayed = response.headers().contains_key("idempotent-replayed");
        (response.status().as_u16(), replayed, response.json().await.unwrap())
    }

    /// The answer to a request for one's money back.
    pub(crate) async fn refund(&self, charge: &Charge) -> Result<providers::RefundState, ProviderError> {
        let reference = self.reference(charge).await;
        self.refund_called(charge, reference.as_deref()).await
    }

    /// The same, for a charge that goes by this name, or so somebody says.
    pub(crate) async fn refund_called(
        &self,
        charge: &Charge,
        reference: Option<&str>,
    ) -> Result<providers::RefundState, ProviderError> {
        let (charge, reference) = (charge.clone(), reference.map(str::to_owned));
        self.stripe.refund(&Refund { charge, reference, last_try: false }).await
    }
}

fn options(clock: &TestClock, hook: &Hook, directory: &TempDir) -> Options {
    let clock = clock.clone();
    Options {
        listen: ([127, 0, 0, 1], 0).into(),
        books: directory.path().join("books.jsonl"),
        secret_key: KEY.to_owned(),
        webhook_url: Some(hook.url.clone()),
        webhook_secret: secrets(),
        clock: Arc::new(move || clock.now()),
    }
}

pub(crate) fn secrets() -> Secrets {
    Secrets::stripe(WEBHOOK_SECRET).unwrap()
}

fn client(address: SocketAddr) -> Stripe {
    let options = stripe::Options {
        base: format!("http://{address}"),
        secret_key: KEY.to_owned(),
        payment_method: Some("pm_card_visa".to_owned()),
    };
    Stripe::new(options).unwrap()
}

pub(crate) fn new_uuid() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(0x0199_f3c1_0000_7000_8000_0000_0000_0000 + u128::from(NEXT.fetch_add(1, SeqCst)))
}

/// Until it is so.
pub(crate) async fn eventually(mut is: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is().await {
        assert!(begun.elapsed() < PATIENCE, "it never came true");
        sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) fn succeeded(state: &ChargeState) -> bool {
    matches!(state, ChargeState::Succeeded { .. })
}

pub(crate) fn pending(state: &ChargeState) -> bool {
    matches!(state, ChargeState::Pending { .. })
}

pub(crate) fn failed(state: &ChargeState) -> bool {
    matches!(state, ChargeState::Failed { .. })
}

pub(crate) fn unavailable<T>(answer: &Result<T, ProviderError>) -> bool {
    matches!(answer, Err(ProviderError::Unavailable { .. }))
}
