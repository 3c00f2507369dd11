//! The post between the provider and us: it takes every message at once, and delivers it late, more than once, in any
//! order, at whichever process, until it is taken.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use reqwest::Client;
use tokio::{net::TcpListener, time::Instant, time::sleep};

/// Nobody is asked for longer.
const TRY: Duration = Duration::from_secs(6);
const AGAIN_AFTER: Duration = Duration::from_millis(200);
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(crate) struct Post {
    /// Where messages are taken.
    pub(crate) url: String,
    office: Arc<Office>,
}

struct Office {
    http: Client,
    recipients: OnceLock<Vec<String>>,
    rng: Mutex<StdRng>,
    /// What is still under way goes at once.
    hurry: AtomicBool,
    taken: AtomicU64,
    delivered: AtomicU64,
    on_their_way: AtomicUsize,
    /// Answers that no fault excuses.
    complaints: Mutex<Vec<String>>,
}

struct Message {
    signature: String,
    body: Bytes,
}

impl Post {
    pub(super) async fn open(seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/from-the-provider", listener.local_addr().unwrap());
        let office = Arc::new(Office {
            http: Client::builder().no_proxy().timeout(TRY).build().unwrap(),
            recipients: OnceLock::new(),
            rng: Mutex::new(StdRng::seed_from_u64(seed ^ 1)),
            hurry: AtomicBool::new(false),
            taken: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            on_their_way: AtomicUsize::new(0),
            complaints: Mutex::default(),
        });
        let router = Router::new().route("/from-the-provider", post(take)).with_state(Arc::clone(&office));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, office }
    }

    pub(super) fn delivers_to(&self, recipients: Vec<String>) {
        self.office.recipients.set(recipients).unwrap();
    }

    pub(super) fn hurries(&self) {
        self.office.hurry.store(true, Ordering::Relaxed);
    }

    pub(super) fn on_their_way(&self) -> usize {
        self.office.on_their_way.load(Ordering::Relaxed)
    }

    /// Messages taken, and deliveries that were taken from us.
    pub(super) fn numbers(&self) -> (u64, u64) {
        (self.office.taken.load(Ordering::Relaxed), self.office.delivered.load(Ordering::Relaxed))
    }

    pub(super) fn complaints(&self) -> Vec<String> {
        self.office.complaints.lock().unwrap().clone()
    }
}

async fn take(State(office): State<Arc<Office>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    let message = Arc::new(Message { signature, body });
    office.taken.fetch_add(1, Ordering::Relaxed);
    let copies = office.draw(|rng| rng.random_range(1..=3));
    for _ in 0..copies {
        office.on_their_way.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(Arc::clone(&office).deliver(Arc::clone(&message)));
    }
    StatusCode::OK
}

impl Office {
    fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.rng.lock().unwrap())
    }

    async fn deliver(self: Arc<Self>, message: Arc<Message>) {
        let late = self.draw(|rng| match rng.random_range(0..10) {
            0..5 => Duration::ZERO,
            5..9 => Duration::from_millis(rng.random_range(0..3_000)),
            _ => Duration::from_millis(rng.random_range(3_000..15_000)),
        });
        let begun = Instant::now();
        while begun.elapsed() < late && !self.hurry.load(Ordering::Relaxed) {
            sleep(LOOK_EVERY).await;
        }
        while !self.try_once(&message).await {
            sleep(AGAIN_AFTER).await;
        }
        self.on_their_way.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether it need not be tried again.
    async fn try_once(&self, message: &Message) -> bool {
        let recipients = self.recipients.get().unwrap();
        let to = &recipients[self.draw(|rng| rng.random_range(0..recipients.len()))];
        let request = self
            .http
            .post(format!("{to}/v1/payments/stripe/webhook"))
            .header("Stripe-Signature", &message.signature)
            .header("Content-Type", "application/json")
            .body(message.body.clone());
        match request.send().await.map(|answer| answer.status().as_u16()) {
            Ok(200) => {
                self.delivered.fetch_add(1, Ordering::Relaxed);
                true
            }
            Ok(429 | 503) | Err(_) => false,
            Ok(other) => {
                let text = String::from_utf8_lossy(&message.body).into_owned();
                self.complaints.lock().unwrap().push(format!("a webhook was answered {other}: {text}"));
                true
            }
        }
    }
}
