//! Money given back. <https://docs.stripe.com/api/refunds>

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::{
    ApiError,
    form::Form,
    intents::known,
    list,
    once::{Asked, Done, Undone, trip},
};
use crate::{
    bank::Bank,
    behaviour::Behaviour,
    books::{Books, Entry, Reply},
    charging::Manner,
    intent::new_id,
    refund::{self, Refund},
};

pub(super) async fn create(State(bank): State<Arc<Bank>>, headers: HeaderMap, body: Bytes) -> Response {
    match Form::read(&body, &["payment_intent", "amount", "reason", "metadata[]", "expand[]"]) {
        Ok(form) => {
            let asked = Asked::new(&headers, form.fingerprint("/v1/refunds"));
            asked.answer(&bank, |books, now, _| given_back(books, now, &form)).await
        }
        Err(error) => error.into_response(),
    }
}

fn given_back(books: &Books, now: DateTime<Utc>, form: &Form) -> Result<Done, Undone> {
    let intent = known(books, form.required("payment_intent")?)?;
    if intent.capture.is_none() {
        return Err(Undone::from(ApiError::unexpected_state(&intent)).once_begun());
    }
    let before = books.refunds(&intent.id);
    let left = intent.taken() - refund::gone(before);
    let amount = form.number("amount")?.unwrap_or(left);
    if amount < 1 || amount > left {
        return Err(Undone::from(ApiError::already_refunded()).once_begun());
    }
    let behaviour = Behaviour::of(intent.amount);
    if behaviour == Behaviour::RefundFailsTwice {
        trip(books, &format!("refund of {}", intent.id), 2, ApiError::broken())
            .map_err(Undone::once_begun)?;
    }
    let fails = matches!(behaviour, Behaviour::RefundFailsOnce(_)) && before.is_empty();
    let settles_at = if let Behaviour::RefundWaits(after) | Behaviour::RefundFailsOnce(after) = behaviour {
        Some(now + after)
    } else {
        None
    };
    let (id, currency, metadata) = (new_id("re"), intent.currency, form.metadata());
    let refund =
        Refund { id, intent: intent.id.clone(), created: now, amount, currency, metadata, settles_at, fails };
    let reply = Reply::Given { status: 200, body: refund.object() };
    Ok(Done { entries: vec![Entry::Refund(refund)], reply, manner: Manner::AtOnce, intent: intent.id })
}

/// Of one charge.
pub(super) async fn list(
    State(bank): State<Arc<Bank>>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let query = Form::read(query.unwrap_or_default().as_bytes(), &["payment_intent", "limit", "expand[]"])?;
    let (intent, limit) = (query.required("payment_intent")?, list::limit(&query)?);
    let books = bank.books();
    known(&books, intent)?;
    Ok(list::page("/v1/refunds", limit, books.refunds(intent).iter().rev().map(Refund::object)))
}
