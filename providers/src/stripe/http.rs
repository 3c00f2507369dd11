//! Speaking to Stripe: forms out, JSON in, every POST under a key.

use std::time::Duration;

use reqwest::{
    Client, RequestBuilder, StatusCode, Url,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

use super::objects::{Fault, Intent};
use crate::ProviderError;

/// The version of the API that this is written for; Stripe goes on answering in it.
/// <https://docs.stripe.com/api/versioning>
const VERSION: &str = "2025-09-30.clover";
/// Together less than what a process gives one of its steps.
const CONNECT: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(3);
/// More than any of the answers that are asked for.
const LARGEST_ANSWER: usize = 4 << 20;

/// Where Stripe is, and as whom it is spoken to.
#[derive(Clone)]
pub struct Options {
    /// Where, such as `https://api.stripe.com`.
    pub base: String,
    /// `sk_…`
    pub secret_key: String,
    /// With what charges are confirmed at once, such as `pm_card_visa` in tests. Without, the customer's browser
    /// confirms them with the charge's client secret.
    pub payment_method: Option<String>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Options that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadOptions(String);

pub(super) struct Http {
    client: Client,
    base: Url,
    secret_key: String,
}

#[derive(Deserialize)]
struct Refused {
    error: Fault,
}

impl Http {
    pub(super) fn new(options: Options) -> Result<Self, BadOptions> {
        let wrong = |error: &dyn std::fmt::Display| BadOptions(format!("{}: {error}", options.base));
        let base = options.base.parse().map_err(|error| wrong(&error))?;
        let client = Client::builder().connect_timeout(CONNECT).timeout(ANSWER).build();
        Ok(Self { client: client.map_err(|error| wrong(&error))?, base, secret_key: options.secret_key })
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, ProviderError> {
        let mut url = self.url(path)?;
        url.query_pairs_mut().extend_pairs(query);
        self.answer(self.client.get(url)).await?.read()
    }

    /// `None`: there is no such thing.
    pub(super) async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ProviderError> {
        let answer = self.answer(self.client.get(self.url(path)?)).await?;
        if answer.status == StatusCode::NOT_FOUND { Ok(None) } else { answer.read().map(Some) }
    }

    /// For what the provider does at most once, whatever the key. An error is remembered under its key as an answer is,
    /// for a day: one that was only repeated says nothing of today, and another key is taken.
    pub(super) async fn insist<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: &str,
    ) -> Result<T, ProviderError> {
        let first = self.send(path, form, key).await?;
        if !first.is_an_old_error() {
            return first.at_hand()?.read();
        }
        self.send(path, form, &Uuid::new_v4().to_string()).await?.at_hand()?.read()
    }

    /// A card that is declined is an answer, not an error: the intent comes with it.
    pub(super) async fn post_intent(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: &str,
    ) -> Result<Intent, ProviderError> {
        let answer = self.send(path, form, key).await?.at_hand()?;
        if answer.status != StatusCode::PAYMENT_REQUIRED {
            return answer.read();
        }
        let Refused { error } = answer.parse()?;
        let reason = error.reason();
        error.payment_intent.map(|intent| *intent).ok_or(ProviderError::Refused(reason))
    }

    async fn send(&self, path: &str, form: &[(&str, &str)], key: &str) -> Result<Received, ProviderError> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.client.post(self.url(path)?).header("Idempotency-Key", key);
        self.receive(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)).await
    }

    fn url(&self, path: &str) -> Result<Url, ProviderError> {
        self.base.join(path).map_err(|error| ProviderError::Refused(format!("{path}: {error}")))
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Received, ProviderError> {
        self.receive(request).await?.at_hand()
    }

    async fn receive(&self, request: RequestBuilder) -> Result<Received, ProviderError> {
        let away = |error: reqwest::Error| ProviderError::Unavailable {
            // The URL may hold what is nobody's business.
            reason: error.without_url().to_string(),
            retry_after: None,
        };
        let request = request.bearer_auth(&self.secret_key).header("Stripe-Version", VERSION);
        let mut response = request.send().await.map_err(away)?;
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|after| after.to_str().ok()?.parse().ok());
        let replayed = response.headers().contains_key("idempotent-replayed");
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(ProviderError::Unreadable("it is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        let retry_after = retry_after.map(Duration::from_secs);
        Ok(Received { status, retry_after, replayed, body })
    }
}

struct Received {
    status: StatusCode,
    retry_after: Option<Duration>,
    /// It was answered before, and remembered under its key.
    replayed: bool,
    body: Vec<u8>,
}

impl Received {
    fn is_an_old_error(&self) -> bool {
        self.replayed && !self.status.is_success()
    }

    /// Unless it can't answer now.
    fn at_hand(self) -> Result<Self, ProviderError> {
        let later = matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT);
        if later || self.status.is_server_error() {
            let Self { status, retry_after, .. } = self;
            return Err(ProviderError::Unavailable { reason: format!("{status}"), retry_after });
        }
        Ok(self)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        if self.status.is_success() {
            return self.parse();
        }
        let reason =
            self.parse().map_or_else(|_| self.status.to_string(), |Refused { error }| error.reason());
        Err(ProviderError::Refused(reason))
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|error| ProviderError::Unreadable(error.to_string()))
    }
}
