//! Callbacks that we sign ourselves, as Standard Webhooks has it. <https://www.standardwebhooks.com>

use std::time::SystemTime;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::story::{any, is_passing};
use crate::support::{Caller, Reply};

/// `whsec_` and the key in base64.
pub(crate) const CALLBACK_SECRET: &str = "whsec_Y2FtcGFpZ24gY2FtcGFpZ24gY2FtcGFpZ24=";
const KEY: &[u8] = b"campaign campaign campaign";

/// What is said of a payment, under an id of its own.
#[derive(Debug, Clone)]
pub(crate) struct Callback {
    pub(crate) id: String,
    pub(crate) body: Value,
}

impl Callback {
    pub(super) fn new(id: String, payment: &str, status: &str) -> Self {
        let body = json!({ "payment_id": payment, "provider_reference": format!("transfer-{id}"), "status": status });
        Self { id, body }
    }

    /// Tells it until it is taken: what it is answered.
    pub(super) async fn tell(&self, ways: &[Caller]) -> Reply {
        loop {
            match self.try_once(any(ways)).await {
                Ok(reply) if !is_passing(&reply) => return reply,
                _ => tokio::time::sleep(super::story::AGAIN_AFTER).await,
            }
        }
    }

    async fn try_once(&self, way: &Caller) -> Result<Reply, reqwest::Error> {
        let (body, now) = (self.body.to_string(), now());
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
        mac.update(format!("{}.{now}.{body}", self.id).as_bytes());
        let signature = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
        // Whoever signs need not be anybody here.
        let stranger = Caller { token: None, ..way.clone() };
        let request = stranger.api.http.post(format!("{}/v1/payments/callback", stranger.api.commands));
        let request = request
            .header("Content-Type", "application/json")
            .header("webhook-id", &self.id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", signature);
        stranger.send(request.body(body)).await
    }
}

#[expect(clippy::disallowed_methods, reason = "signed with the time of the world outside")]
fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}
