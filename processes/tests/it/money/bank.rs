//! The provider to practise with, on threads of its own, so that it can be killed as a program is.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::PaymentId;
use event_store::Clock;
use provider_sim::{Options, Simulator};
use providers::{
    Charge, ChargeState, Provider,
    signature::Secrets,
    stripe::{self, Stripe},
};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::support::Hands;

pub(crate) const WEBHOOK_SECRET: &str = "whsec_stagedoor_tests_only";
const KEY: &str = "sk_test_simulated";
/// What was begun on its threads ends within that.
const ENDS_WITHIN: Duration = Duration::from_secs(5);

pub(crate) struct Bank {
    options: Options,
    clock: Arc<Hands>,
    runtime: Option<Runtime>,
    _directory: TempDir,
}

impl Bank {
    /// It tells what happened to that address, if there is one.
    pub(crate) async fn open(clock: Arc<Hands>, webhooks: Option<SocketAddr>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let hands = Arc::clone(&clock);
        let options = Options {
            listen: ([127, 0, 0, 1], 0).into(),
            books: directory.path().join("books.jsonl"),
            secret_key: KEY.to_owned(),
            webhook_url: webhooks.map(|address| format!("http://{address}/v1/payments/stripe/webhook")),
            webhook_secret: Secrets::stripe(WEBHOOK_SECRET).unwrap(),
            clock: Arc::new(move || hands.now()),
        };
        let mut bank = Self { options, clock, runtime: None, _directory: directory };
        bank.start().await;
        bank
    }

    /// Again at the same address, with the books that it left.
    pub(crate) async fn start(&mut self) {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let simulator = runtime.spawn(Simulator::open(self.options.clone())).await.unwrap().unwrap();
        self.options.listen = simulator.address().unwrap();
        runtime.spawn(simulator.run(CancellationToken::new()));
        self.runtime = Some(runtime);
    }

    /// Whatever it is doing, it goes no further; what it was asked is not answered.
    pub(crate) async fn kill(&mut self) {
        let runtime = self.runtime.take().expect("it runs");
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(ENDS_WITHIN)).await.unwrap();
    }

    /// Whoever speaks to it.
    pub(crate) fn client(&self) -> Stripe {
        let base = format!("http://{}", self.options.listen);
        let payment_method = Some("pm_card_visa".to_owned());
        Stripe::new(stripe::Options { base, secret_key: KEY.to_owned(), payment_method }).unwrap()
    }

    /// Who leaves it to the customer's browser to confirm.
    pub(crate) fn client_of_browsers(&self) -> Stripe {
        let base = format!("http://{}", self.options.listen);
        Stripe::new(stripe::Options { base, secret_key: KEY.to_owned(), payment_method: None }).unwrap()
    }

    /// The customer's browser confirms a charge.
    pub(crate) async fn confirm(&self, reference: &str) {
        let confirm = self.ask(Method::POST, &format!("payment_intents/{reference}/confirm"));
        let form = ("content-type", "application/x-www-form-urlencoded");
        confirm.header(form.0, form.1).body("payment_method=pm_card_visa").send().await.unwrap();
    }

    /// How a charge stands, in its own words.
    pub(crate) async fn status(&self, reference: &str) -> Value {
        let intent = self.ask(Method::GET, &format!("payment_intents/{reference}"));
        intent.send().await.unwrap().json::<Value>().await.unwrap()["status"].take()
    }

    /// How often it was asked to give a charge back.
    pub(crate) async fn refunds(&self, reference: &str) -> usize {
        let refunds = self.ask(Method::GET, &format!("refunds?payment_intent={reference}"));
        let refunds: Value = refunds.send().await.unwrap().json().await.unwrap();
        refunds["data"].as_array().unwrap().len()
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let client = Client::builder().no_proxy().build().unwrap();
        client.request(method, format!("http://{}/v1/{path}", self.options.listen)).bearer_auth(KEY)
    }

    /// What it says of a charge, a second later: its search lags behind.
    pub(crate) async fn says(&self, charge: &Charge) -> Option<ChargeState> {
        self.clock.advance(TimeDelta::milliseconds(1_001));
        self.client().find(charge, None).await.unwrap()
    }

    /// By its books, what it took for each payment and gave back, in all.
    pub(crate) async fn moved(&self) -> HashMap<PaymentId, (i64, i64)> {
        let (since, now) = (TimeDelta::days(30), self.clock.now());
        let mut moved: HashMap<PaymentId, (i64, i64)> = HashMap::new();
        for booked in self.client().books(now - since, now + TimeDelta::minutes(1)).await.unwrap() {
            let (taken, refunded) = moved.entry(booked.payment).or_default();
            *taken += booked.taken;
            *refunded += booked.refunded;
        }
        moved
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}
