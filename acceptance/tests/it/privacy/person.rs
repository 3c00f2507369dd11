//! Somebody who enters what they can, wherever they can.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Caller, House, Reply, eventually, quantity};

pub(super) const NAME: &str = "Zaunammer Girlitz";
pub(super) const PASSWORD: &str = "Kanarienhahn im Bauer";
pub(super) const KEY: &str = "stieglitz@voliere.example, the first";
const REQUEST_ID: &str = "rotkehlchen.1";

pub(super) struct Person {
    pub(super) email: String,
    pub(super) caller: Caller,
}

impl Person {
    /// Signs up and in, also under wrong names and with wrong passwords.
    pub(super) async fn arrives(house: &House, email: &str) -> Self {
        let stranger = house.world.stranger();
        let user = json!({ "email": email, "password": PASSWORD, "name": NAME });
        for status in [201, 409] {
            stranger.command(Method::POST, "/v1/users", user.clone()).await.ok(status);
        }
        for (email, password) in
            [(email, "Wiedehopf und Bachstelze"), ("bachstelze@voliere.example", PASSWORD)]
        {
            let wrong = json!({ "email": email, "password": password });
            stranger.command(Method::POST, "/v1/sessions", wrong).await.ok(401);
        }
        let caller = stranger.sign_in(&email.to_uppercase(), PASSWORD).await;
        Self { email: email.to_owned(), caller }
    }

    /// Types who they are where it does not belong.
    pub(super) async fn is_confused(&self, show: &str) {
        let order = |key: &str, value: Value| {
            let mut order = quantity(show, 1);
            order[key] = value;
            order
        };
        for wrong in [
            order("items", json!([{ "section": "WIEDEHOPF", "quantity": 1 }])),
            order("items", json!([{ "section": "Bachstelze in der Voliere", "quantity": 1 }])),
            order("items", json!([{ "seats": ["Wiedehopf-1"] }])),
            order("payment_method", json!("bachstelze")),
            order("show_id", json!("bachstelze")),
            order("Wiedehopf", json!(self.email)),
            json!({ "currency": "Wiedehopf" }),
            json!([self.email]),
        ] {
            let reply = self.sends(Method::POST, "/v1/orders").json(&wrong).send().await.unwrap();
            assert!((400..500).contains(&reply.status().as_u16()), "{wrong}: {reply:?}");
        }
        let broken = self.sends(Method::POST, "/v1/orders").body("{\"bachstelze\": wiedehopf}");
        assert!(broken.send().await.unwrap().status().is_client_error());
        for path in [
            "/v1/orders/wiedehopf",
            "/v1/bachstelze",
            "/v1/orders?status=wiedehopf",
            "/v1/orders?wiedehopf=1",
        ] {
            assert!((400..500).contains(&self.caller.get(path).await.status), "{path}");
        }
        let stranger = Caller { token: Some("wiedehopf".to_owned()), ..self.caller.clone() };
        stranger.get("/v1/users/me").await.ok(401);
    }

    /// Orders, with the same key twice.
    pub(super) async fn orders(&self, key: &str, order: &Value) -> Reply {
        let first = self.caller.post_with_key(key, "/v1/orders", order).await.ok(201);
        let again = self.caller.post_with_key(key, "/v1/orders", order).await.ok(201);
        assert_eq!((&again.body, again.header("idempotency-replayed")), (&first.body, Some("true")));
        first
    }

    /// Everything that a client may say of itself beside what it sends.
    fn sends(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.caller.api.http.request(method, format!("{}{path}", self.caller.api.commands));
        request
            .bearer_auth(self.caller.token.as_ref().unwrap())
            .header("Idempotency-Key", KEY)
            .header("X-Request-Id", REQUEST_ID)
            .header("Traceparent", "00-rotkehlchen-rotkehlchen-01")
            .header("Tracestate", "rotkehlchen=1")
            .header("User-Agent", "Rotkehlchen/1.0")
            .header("Referer", "https://voliere.example/rotkehlchen")
            .header("Cookie", "rotkehlchen=1")
            .header("Content-Type", "application/json")
    }

    /// Waits until neither service knows them any more.
    pub(super) async fn is_signed_out(&self) {
        let within = std::time::Duration::from_secs(1);
        eventually("the end of their session at both services", within, || async {
            let asked = self.caller.get("/v1/users/me").await.status;
            let told = self.caller.post("/v1/accounts", json!({ "currency": "EUR" })).await.status;
            ((asked, told) == (401, 401)).then_some(())
        })
        .await;
    }
}
