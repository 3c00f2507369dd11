//! localstripe: what somebody else takes Stripe to be. What it answers and signs is no code of ours.

use std::time::Duration;

use engines::testing::{PythonServer, Script};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

use super::{eventually, http};

const LOCALSTRIPE: Script = Script {
    file: "acceptance/tests/stripe/server.py",
    library: "stripe-server",
    package: "localstripe",
    without: "STAGEDOOR_TEST_WITHOUT_STRIPE",
};
/// It takes any key that begins like one.
pub(crate) const SECRET_KEY: &str = "sk_test_of_the_box_office";
const PUBLISHABLE_KEY: &str = "pk_test_of_the_box_office";
/// It tells of what happened a second later.
const TELLS_WITHIN: Duration = Duration::from_secs(20);

pub(crate) struct Localstripe {
    pub(crate) url: String,
    http: Client,
    server: PythonServer,
}

impl Localstripe {
    /// None where the tests were told to do without.
    pub(crate) async fn start() -> Option<Self> {
        if LOCALSTRIPE.is_left_out() {
            return None;
        }
        let server = LOCALSTRIPE.start(0).await;
        Some(Self { url: format!("http://127.0.0.1:{}", server.port), http: http::client(), server })
    }

    /// From now on it tells of what happens there, signed with this secret.
    pub(crate) async fn tells(&self, url: &str, secret: &str) {
        let form = [("url", url), ("secret", secret)];
        let request = self.submit("/_config/webhooks/stagedoor", &form);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }

    /// Waits until it has said this of a webhook as often as this.
    pub(crate) async fn has_told(&self, what: &str, times: usize) {
        eventually(&format!("{times} webhooks {what}"), TELLS_WITHIN, || async {
            (self.server.said().iter().filter(|line| line.contains(what)).count() >= times).then_some(())
        })
        .await;
    }

    /// As whoever is paid asks.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) =
            answer(self.http.get(format!("{}{path}", self.url)).bearer_auth(SECRET_KEY)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// As whoever is paid has something done.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let (status, body) = answer(self.submit(path, form).bearer_auth(SECRET_KEY)).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// As a customer's browser says that its owner's bank agrees: with nothing but what everybody may know, and the
    /// charge's client secret.
    pub(crate) async fn authenticate(&self, intent: &str, client_secret: &str) -> (u16, Value) {
        let form = [("key", PUBLISHABLE_KEY), ("client_secret", client_secret), ("success", "true")];
        let path = format!("/v1/payment_intents/{intent}/_authenticate");
        answer(self.submit(&path, &form)).await
    }

    fn submit(&self, path: &str, form: &[(&str, &str)]) -> RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(format!("{}{path}", self.url));
        request.header("Content-Type", "application/x-www-form-urlencoded").body(body)
    }
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}
