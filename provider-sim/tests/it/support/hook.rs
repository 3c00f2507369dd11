//! Whoever the provider tells.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use domain::PaymentId;
use providers::{
    ChargeState,
    stripe::{self, Notice},
};
use serde_json::Value;
use tokio::net::TcpListener;

use super::eventually;

/// Everything that arrived, with its signature.
#[derive(Clone)]
pub(crate) struct Hook {
    pub(crate) url: String,
    state: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    messages: Vec<(String, Vec<u8>)>,
    /// So many are still refused.
    refusing: usize,
}

impl Hook {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let state: Arc<Mutex<Heard>> = Arc::default();
        let router = Router::new().route("/hook", post(hear)).with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// Refuses the next messages.
    pub(crate) fn refuse(&self, count: usize) {
        self.state.lock().unwrap().refusing = count;
    }

    /// Each with its signature.
    pub(crate) fn messages(&self) -> Vec<(String, Vec<u8>)> {
        self.state.lock().unwrap().messages.clone()
    }

    /// What was told of a payment.
    pub(crate) fn of(&self, payment: PaymentId) -> Vec<Notice> {
        let messages = self.messages();
        let notices = messages.iter().map(|(_, body)| stripe::notice(body).unwrap());
        notices.filter(|notice| notice.payment == Some(payment)).collect()
    }

    /// When each of those happened, as it was told.
    pub(crate) fn times(&self) -> Vec<i64> {
        let bodies = self.messages().into_iter();
        let events = bodies.map(|(_, body)| serde_json::from_slice::<Value>(&body).unwrap());
        events.map(|event| event["created"].as_i64().unwrap()).collect()
    }

    /// Waits for so much news of a payment.
    pub(crate) async fn hears(&self, payment: PaymentId, count: usize) -> Vec<Notice> {
        eventually(async || self.of(payment).len() >= count).await;
        self.of(payment)
    }

    /// Waits for news of a payment, and tells which of it were good.
    pub(crate) async fn hears_whether(&self, payment: PaymentId, count: usize) -> Vec<bool> {
        let notices = self.hears(payment, count).await;
        notices.iter().map(|n| matches!(n.state, Some(ChargeState::Succeeded { .. }))).collect()
    }
}

async fn hear(State(state): State<Arc<Mutex<Heard>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut heard = state.lock().unwrap();
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    heard.messages.push((signature, body.to_vec()));
    if heard.refusing > 0 {
        heard.refusing -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}
