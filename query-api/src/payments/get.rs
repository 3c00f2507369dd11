//! `GET /v1/payments/{payment_id}`

use axum::extract::State;
use domain::{PaymentId, StreamId};
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::{
    Model, Viewer,
    payments::{self, PaymentView},
};

use super::MODELS;
use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
    viewer::viewer,
};

/// A payment.
#[utoipa::path(
    get,
    path = "/v1/payments/{payment_id}",
    operation_id = "get_payment",
    tag = "payments",
    params(("payment_id" = Uuid, Path, description = "The payment"), At),
    responses((status = 200, description = "The payment", body = PaymentView), Refusals, NotFound),
    security(("bearer" = []))
)]
pub(crate) async fn get_payment(
    State(app): State<App>,
    caller: Caller,
    Query(at): Query<At>,
    PathId(payment): PathId<PaymentId>,
) -> Result<Answered<PaymentView>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, at.min_position).await?;
    let found = payments::get(&mut reading, payment, viewer(&caller)).await?;
    let hidden = found.is_none() && payments::get(&mut reading, payment, Viewer::Operator).await?.is_some();
    let entity = (Model::Payments, StreamId::payment(payment));
    let found = reading.judge(found, hidden, &[entity]).await?;
    reading.answer(found).await
}
