//! Charges. <https://docs.stripe.com/api/payment_intents>

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    ApiError,
    form::Form,
    list,
    once::{Asked, Done, Undone, tried},
};
use crate::{
    bank::Bank,
    behaviour::Behaviour,
    books::{Books, Entry, Reply},
    charging::{self, Confirmed, Manner},
    intent::{Intent, Status, new_id},
    notice::Notice,
    refund,
};

type Office = State<Arc<Bank>>;

/// A charge is not found by search before it is so old.
const SEARCH_LAGS: TimeDelta = TimeDelta::seconds(1);
/// The largest amount, in minor units.
const LARGEST: i64 = 99_999_999;

const CREATE: [&str; 9] = [
    "amount",
    "currency",
    "metadata[]",
    "payment_method_types[]",
    "automatic_payment_methods[]",
    "payment_method",
    "confirm",
    "description",
    "expand[]",
];

pub(super) async fn create(State(bank): Office, headers: HeaderMap, body: Bytes) -> Response {
    match Form::read(&body, &CREATE) {
        Ok(form) => {
            let asked = Asked::new(&headers, form.fingerprint("/v1/payment_intents"));
            asked.answer(&bank, |books, now, asked| made(books, now, asked, &form)).await
        }
        Err(error) => error.into_response(),
    }
}

fn made(books: &Books, now: DateTime<Utc>, asked: &Asked, form: &Form) -> Result<Done, Undone> {
    let intent = read(form, now)?;
    if !form.flag("confirm")? {
        return Ok(done(intent, None));
    }
    confirmed(books, now, asked, intent)
}

fn read(form: &Form, now: DateTime<Utc>) -> Result<Intent, ApiError> {
    form.required("amount")?;
    let amount = form.number("amount")?.filter(|amount| (1..=LARGEST).contains(amount));
    let currency = form.required("currency")?.to_lowercase();
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(ApiError::wrong_value("currency"));
    }
    let payment_method = form.get("payment_method").map(str::to_owned);
    let status = match payment_method {
        Some(_) => Status::RequiresConfirmation,
        None => Status::RequiresPaymentMethod,
    };
    Ok(Intent {
        id: new_id("pi"),
        created: now,
        amount: amount.ok_or_else(|| ApiError::no_number("amount"))?,
        currency,
        metadata: form.metadata(),
        payment_method,
        status,
        error: None,
        settles: None,
        capture: None,
    })
}

/// By a request of its own, as a customer's browser does it.
pub(super) async fn confirm(
    State(bank): Office,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match Form::read(&body, &["payment_method", "return_url", "expand[]"]) {
        Ok(form) => {
            let asked = Asked::new(&headers, form.fingerprint(&format!("/v1/payment_intents/{id}/confirm")));
            let method = form.get("payment_method");
            asked.answer(&bank, |books, now, asked| confirm_known(books, now, asked, &id, method)).await
        }
        Err(error) => error.into_response(),
    }
}

fn confirm_known(
    books: &Books,
    now: DateTime<Utc>,
    asked: &Asked,
    id: &str,
    method: Option<&str>,
) -> Result<Done, Undone> {
    let mut intent = known(books, id)?;
    match intent.status {
        Status::RequiresPaymentMethod | Status::RequiresConfirmation => {}
        Status::RequiresAction | Status::Processing | Status::Succeeded | Status::Canceled => {
            return Err(Undone::from(ApiError::unexpected_state(&intent)).once_begun());
        }
    }
    intent.payment_method = method.map(str::to_owned).or(intent.payment_method);
    confirmed(books, now, asked, intent)
}

fn confirmed(books: &Books, now: DateTime<Utc>, asked: &Asked, intent: Intent) -> Result<Done, Undone> {
    if intent.payment_method.is_none() {
        return Err(ApiError::missing("payment_method").into());
    }
    let behaviour = Behaviour::of(intent.amount);
    if behaviour == Behaviour::BusyThrice {
        asked.trip(books, 3, ApiError::busy())?;
    }
    if behaviour == Behaviour::TooFastOnce {
        asked.trip(books, 1, ApiError::too_fast())?;
    }
    let Confirmed { intent, notices, manner } = charging::confirm(intent, now);
    let reply = match manner {
        Manner::At(_) => Reply::OfIntent { id: intent.id.clone() },
        Manner::AtOnce | Manner::AfterNotice(_) | Manner::Cut => tried(&intent),
    };
    let done = done(intent, None);
    let entries = done.entries.into_iter().chain(notices.into_iter().map(Entry::Notice)).collect();
    Ok(Done { entries, reply, manner, ..done })
}

pub(super) async fn cancel(
    State(bank): Office,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match Form::read(&body, &["cancellation_reason", "expand[]"]) {
        Ok(form) => {
            let asked = Asked::new(&headers, form.fingerprint(&format!("/v1/payment_intents/{id}/cancel")));
            asked.answer(&bank, |books, now, _| called_off(books, now, &id)).await
        }
        Err(error) => error.into_response(),
    }
}

fn called_off(books: &Books, now: DateTime<Utc>, id: &str) -> Result<Done, Undone> {
    let intent = known(books, id)?;
    match charging::cancel(intent.clone(), now) {
        Some((intent, notice)) => Ok(done(intent, notice)),
        None => Err(Undone::from(ApiError::unexpected_state(&intent)).once_begun()),
    }
}

fn done(intent: Intent, notice: Option<Notice>) -> Done {
    let (id, reply) = (intent.id.clone(), Reply::Given { status: 200, body: intent.object() });
    let entries = [Entry::Intent(intent)].into_iter().chain(notice.map(Entry::Notice)).collect();
    Done { entries, reply, manner: Manner::AtOnce, intent: id }
}

pub(super) async fn show(State(bank): Office, Path(id): Path<String>) -> Result<Response, ApiError> {
    let intent = known(&bank.books(), &id)?;
    Ok(Json(intent.object()).into_response())
}

pub(super) async fn list(State(bank): Office, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let known = ["created[]", "limit", "starting_after", "expand[]"];
    let query = Form::read(query.unwrap_or_default().as_bytes(), &known)?;
    let bound = |name: &str| query.number::<i64>(name);
    let least = bound("created[gte]")?.or(bound("created[gt]")?.map(|than| than.saturating_add(1)));
    let most = bound("created[lte]")?.or(bound("created[lt]")?.map(|than| than.saturating_sub(1)));
    let within = |intent: &&Intent| {
        let created = intent.created.timestamp();
        least.is_none_or(|least| created >= least) && most.is_none_or(|most| created <= most)
    };
    let (after, limit) = (query.get("starting_after"), list::limit(&query)?);
    let expand = query.get("expand[]") == Some("data.latest_charge");
    let books = bank.books();
    let found = books.intents(after);
    let found = found
        .ok_or_else(|| ApiError::no_such("payment_intent", "starting_after", after.unwrap_or_default()))?;
    let shown = |intent: &Intent| if expand { expanded(&books, intent) } else { intent.object() };
    Ok(list::page("/v1/payment_intents", limit, found.filter(within).map(shown)))
}

/// With all of the attempt that took the money.
fn expanded(books: &Books, intent: &Intent) -> Value {
    let mut object = intent.object();
    if let Some(capture) = &intent.capture {
        let refunded = refund::gone(books.refunds(&intent.id));
        object["latest_charge"] = json!({
            "id": capture.id, "object": "charge", "amount": intent.amount, "amount_captured": intent.amount,
            "amount_refunded": refunded, "payment_intent": intent.id,
        });
    }
    object
}

/// By one member of the metadata, as in `metadata["payment_id"]:"…"`. <https://docs.stripe.com/search>
pub(super) async fn search(State(bank): Office, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let query = Form::read(query.unwrap_or_default().as_bytes(), &["query", "limit", "expand[]"])?;
    let (name, value) = wanted(query.required("query")?).ok_or_else(|| ApiError::wrong_value("query"))?;
    let (limit, seen_until) = (list::limit(&query)?, bank.now() - SEARCH_LAGS);
    let books = bank.books();
    let found = books.intents_with(name, value).filter(|intent| intent.created <= seen_until);
    Ok(list::page("/v1/payment_intents/search", limit, found.map(Intent::object)))
}

fn wanted(query: &str) -> Option<(&str, &str)> {
    let (name, value) = query.strip_prefix("metadata[\"")?.strip_suffix('"')?.split_once("\"]:\"")?;
    (!name.contains('"') && !value.contains('"')).then_some((name, value))
}

pub(super) fn known(books: &Books, id: &str) -> Result<Intent, ApiError> {
    books.intent(id).cloned().ok_or_else(|| ApiError::no_such("payment_intent", "intent", id))
}
