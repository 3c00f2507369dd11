//! The books, for whoever compares them with theirs.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{bank::Bank, books::Books, intent::Intent};

/// Every charge that money was taken for, oldest first.
pub(super) async fn books(State(bank): State<Arc<Bank>>) -> Json<Value> {
    let books = bank.books();
    let mut taken: Vec<Value> =
        books.intents(None).into_iter().flatten().filter_map(|intent| account(&books, intent)).collect();
    taken.reverse();
    Json(json!({ "data": taken }))
}

/// What is still to come: charges of which nobody knows yet how they end, and messages that nobody has taken.
pub(super) async fn open(State(bank): State<Arc<Bank>>) -> Json<Value> {
    let books = bank.books();
    let undecided = books.intents(None).into_iter().flatten().filter(|intent| intent.is_undecided()).count();
    Json(json!({ "undecided": undecided, "untold": books.untold() }))
}

fn account(books: &Books, intent: &Intent) -> Option<Value> {
    let capture = intent.capture.as_ref()?;
    let refunds = books.refunds(&intent.id);
    let refunded: i64 = refunds.iter().filter(|refund| refund.went()).map(|refund| refund.amount).sum();
    let refunds = refunds.iter().map(|refund| {
        json!({ "id": refund.id, "amount": refund.amount, "status": refund.status(), "at": refund.created })
    });
    Some(json!({
        "payment_id": intent.metadata.get("payment_id"),
        "reference": intent.id,
        "currency": intent.currency,
        "taken": intent.taken(),
        "refunded": refunded,
        "captures": [{ "id": capture.id, "amount": intent.amount, "at": capture.at }],
        "refunds": refunds.collect::<Vec<_>>(),
    }))
}
