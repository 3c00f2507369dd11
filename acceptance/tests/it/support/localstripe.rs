//! localstripe: what somebody else takes Stripe to be. What it answers and signs is no code of ours.

use std::{
    env,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use super::{eventually, http};

/// Set to leave out what takes it, where it can't be had.
const WITHOUT: &str = "STAGEDOOR_TEST_WITHOUT_STRIPE";
/// It takes any key that begins like one.
pub(crate) const SECRET_KEY: &str = "sk_test_of_the_box_office";
const PUBLISHABLE_KEY: &str = "pk_test_of_the_box_office";
/// It tells of what happened a second later.
const TELLS_WITHIN: Duration = Duration::from_secs(20);

pub(crate) struct Localstripe {
    pub(crate) url: String,
    http: Client,
    said: Arc<Mutex<Vec<String>>>,
    _child: Child,
}

impl Localstripe {
    /// None where the tests were told to do without.
    pub(crate) async fn start() -> Option<Self> {
        if env::var_os(WITHOUT).is_some() {
            return None;
        }
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let library = here.join("../.stagedoor/bin/stripe-server");
        let advice = format!(
            "run ./bootstrap, which takes Python 3.9 or later with pip; or set {WITHOUT}=1 to leave this out"
        );
        let there = library.join("localstripe").is_dir();
        assert!(there, "there is no payment provider in {}: {advice}", library.display());
        let started = Command::new("python3")
            .arg(here.join("tests/stripe/server.py"))
            .env("PYTHONPATH", library)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = started.unwrap_or_else(|error| panic!("python3 can't be run ({error}): {advice}"));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().unwrap_or_else(|| panic!("it did not start: {advice}"));
        let said = Arc::default();
        tokio::spawn(listen(lines, Arc::clone(&said)));
        Some(Self { url: format!("http://127.0.0.1:{port}"), http: http::client(), said, _child: child })
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
            let said = self.said.lock().unwrap();
            (said.iter().filter(|line| line.contains(what)).count() >= times).then_some(())
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

async fn listen(mut lines: Lines<BufReader<ChildStdout>>, said: Arc<Mutex<Vec<String>>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        said.lock().unwrap().push(line);
    }
}
