//! Cards, by Stripe: its HTTP API, as far as one needs it to take money and give it back.
//! <https://docs.stripe.com/api/payment_intents>, <https://docs.stripe.com/api/refunds>

mod http;
mod objects;
mod refunds;
mod webhook;

use chrono::{DateTime, TimeDelta, Utc};
use domain::PaymentId;
use faultpoint::{Sabotage, sabotaged};
use futures::FutureExt;
use uuid::Uuid;

pub use http::{BadOptions, Options};
pub use webhook::{Notice, NoticeError, notice};

use crate::{Answer, Charge, ChargeState, Provider, ProviderError, Refund, RefundState};
use http::Http;
use objects::{Intent, Listed};

/// How far its clock may be from ours when its lists are searched by time.
const CLOCKS: TimeDelta = TimeDelta::minutes(5);
/// How long after it was asked for first a charge may have been made.
const MADE_WITHIN: TimeDelta = TimeDelta::hours(24);
/// Pages of a list that are searched for one charge; a hundred charges each.
const PAGES: usize = 50;
/// Asks a list of charges to say, too, how much of each was given back.
const WITH_REFUNDED: [(&str, &str); 1] = [("expand[]", "data.latest_charge")];

/// The provider.
pub struct Stripe {
    http: Http,
    /// With what charges are confirmed here; without, the customer's browser confirms them.
    payment_method: Option<String>,
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripe").finish_non_exhaustive()
    }
}

impl Stripe {
    /// # Errors
    /// The options can't be used.
    pub fn new(options: Options) -> Result<Self, BadOptions> {
        let payment_method = options.payment_method.clone();
        Ok(Self { http: Http::new(options)?, payment_method })
    }

    /// Everything it took and gave back for payments of ours in a period: its own books.
    ///
    /// # Errors
    /// See [`ProviderError`].
    pub async fn books(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Booked>, ProviderError> {
        let mut booked = Vec::new();
        let mut after = None;
        loop {
            let page = self.page(from, until, after.as_deref(), &WITH_REFUNDED).await?;
            for intent in &page.data {
                booked.extend(self.booked(intent).await?);
            }
            after = page.data.last().map(|intent| intent.id.clone());
            if !page.has_more || after.is_none() {
                return Ok(booked);
            }
        }
    }

    async fn booked(&self, intent: &Intent) -> Result<Option<Booked>, ProviderError> {
        let Some(payment) = intent.payment() else { return Ok(None) };
        if !intent.is_paid() {
            return Ok(None);
        }
        let (taken, currency) = (intent.taken(), intent.currency.clone());
        let booked = |refunded| Booked { payment, reference: intent.id.clone(), taken, refunded, currency };
        if intent.gave_nothing_back() {
            return Ok(Some(booked(0)));
        }
        Ok(Some(booked(self.given_back(&intent.id).await?.gone())))
    }

    async fn page(
        &self,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<&str>,
        also: &[(&str, &str)],
    ) -> Result<Listed<Intent>, ProviderError> {
        let (from, until) = (from.timestamp().to_string(), until.timestamp().to_string());
        let mut query =
            vec![("limit", "100"), ("created[gte]", from.as_str()), ("created[lte]", until.as_str())];
        query.extend(also);
        query.extend(after.map(|after| ("starting_after", after)));
        self.http.get("/v1/payment_intents", &query).await
    }

    async fn intent(
        &self,
        charge: &Charge,
        reference: Option<&str>,
    ) -> Result<Option<Intent>, ProviderError> {
        // Whoever else told of the payment may call it otherwise.
        if let Some(id) = reference.filter(|reference| is_an_intents(reference))
            && let Some(found) = self.http.find(&format!("/v1/payment_intents/{id}")).await?
        {
            return Ok(Some(found));
        }
        match self.search(charge.payment).await {
            // Not every provider that speaks like Stripe can search.
            Err(ProviderError::Refused(_)) => self.look_through(charge).await,
            found => found,
        }
    }

    /// New charges are found after some seconds only: whoever asks asks again.
    /// <https://docs.stripe.com/search#data-freshness>
    async fn search(&self, payment: PaymentId) -> Result<Option<Intent>, ProviderError> {
        let query = format!("metadata[\"payment_id\"]:\"{payment}\"");
        let found: Listed<Intent> =
            self.http.get("/v1/payment_intents/search", &[("query", query.as_str())]).await?;
        Ok(found.data.into_iter().find(|intent| intent.payment() == Some(payment)))
    }

    /// Looks for a charge among all that were made when it was.
    async fn look_through(&self, charge: &Charge) -> Result<Option<Intent>, ProviderError> {
        let (from, until) = (charge.requested_at - CLOCKS, charge.requested_at + MADE_WITHIN);
        let mut after = None;
        for _ in 0..PAGES {
            let page = self.page(from, until, after.as_deref(), &[]).await?;
            let more = page.has_more;
            after = page.data.last().map(|intent| intent.id.clone());
            if let Some(found) = page.data.into_iter().find(|i| i.payment() == Some(charge.payment)) {
                return Ok(Some(found));
            }
            if !more || after.is_none() {
                return Ok(None);
            }
        }
        Err(ProviderError::Unreadable("its list is too long to be searched".to_owned()))
    }

    async fn make(&self, charge: &Charge) -> Result<ChargeState, ProviderError> {
        let (amount, currency) = (charge.amount.to_string(), charge.currency.code().to_lowercase());
        let (payment, order) = (charge.payment.to_string(), charge.order.to_string());
        let mut form = vec![
            ("amount", amount.as_str()),
            ("currency", currency.as_str()),
            ("metadata[payment_id]", payment.as_str()),
            ("metadata[order_id]", order.as_str()),
            ("payment_method_types[]", "card"),
        ];
        if let Some(method) = &self.payment_method {
            form.extend([("payment_method", method.as_str()), ("confirm", "true")]);
        }
        let key = key("charge", &payment);
        let intent: Intent = self.http.post_intent("/v1/payment_intents", &form, &key).await?;
        if intent.is_declined() {
            // Declined once is failed here; nobody may try another card on it.
            self.void(&intent.id).await?;
        }
        Ok(intent.state())
    }

    /// What can't be called off now may be in a moment.
    async fn void(&self, reference: &str) -> Result<Intent, ProviderError> {
        let path = format!("/v1/payment_intents/{reference}/cancel");
        self.http.insist(&path, &[], &key("cancel", reference)).await
    }

    async fn call_off(
        &self,
        charge: &Charge,
        reference: Option<&str>,
    ) -> Result<Option<ChargeState>, ProviderError> {
        let Some(intent) = self.intent(charge, reference).await? else { return Ok(None) };
        if intent.is_settled() {
            return Ok(Some(intent.state()));
        }
        match self.void(&intent.id).await {
            Ok(void) => Ok(Some(void.state())),
            // It was quicker than we were.
            Err(ProviderError::Refused(_)) => self.find(charge, Some(&intent.id)).await,
            Err(other) => Err(other),
        }
    }
}

/// The same for the same request, however often it is made: Stripe carries out one of them.
fn key(what: &str, id: &str) -> String {
    if sabotaged(Sabotage::NewKeyEachTime) {
        return Uuid::new_v4().to_string();
    }
    format!("{what}-{id}")
}

/// Whether an id can be an intent's. It becomes a part of a path.
fn is_an_intents(id: &str) -> bool {
    let rest = id.strip_prefix("pi_");
    rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

/// What the provider's books say of one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The payment.
    pub payment: PaymentId,
    /// How the provider calls it.
    pub reference: String,
    /// What it took, in minor units.
    pub taken: i64,
    /// What it gave back.
    pub refunded: i64,
    /// The currency, in lower case.
    pub currency: String,
}

impl Provider for Stripe {
    fn charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, ChargeState> {
        self.make(charge).boxed()
    }

    fn find<'a>(&'a self, charge: &'a Charge, reference: Option<&'a str>) -> Answer<'a, Option<ChargeState>> {
        async move { Ok(self.intent(charge, reference).await?.map(|intent| intent.state())) }.boxed()
    }

    fn cancel<'a>(
        &'a self,
        charge: &'a Charge,
        reference: Option<&'a str>,
    ) -> Answer<'a, Option<ChargeState>> {
        self.call_off(charge, reference).boxed()
    }

    fn refund<'a>(&'a self, refund: &'a Refund) -> Answer<'a, RefundState> {
        self.pay_back(refund).boxed()
    }
}
