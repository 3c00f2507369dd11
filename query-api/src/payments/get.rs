//! `GET /v1/payments/{payment_id}`

use axum::extract::State;
use domain::{PaymentId, PaymentMethod, StreamId};
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::{Model, Viewer, payments};

use super::{MODELS, view::PaymentDetails};
use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
    viewer::viewer,
};

/// A payment. To the customer who is to pay by card it tells with what their browser goes on.
#[utoipa::path(
    get,
    path = "/v1/payments/{payment_id}",
    operation_id = "get_payment",
    tag = "payments",
    params(("payment_id" = Uuid, Path, description = "The payment"), At),
    responses((status = 200, description = "The payment", body = PaymentDetails), Refusals, NotFound),
    security(("bearer" = []))
)]
pub(crate) async fn get_payment(
    State(app): State<App>,
    caller: Caller,
    Query(at): Query<At>,
    PathId(payment): PathId<PaymentId>,
) -> Result<Answered<PaymentDetails>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, at.min_position).await?;
    let found = payments::get(&mut reading, payment, viewer(&caller)).await?;
    let hidden = found.is_none() && payments::get(&mut reading, payment, Viewer::Operator).await?.is_some();
    let entity = (Model::Payments, StreamId::payment(payment));
    let found = reading.judge(found, hidden, &[entity]).await?;
    let client_secret = if found.method == PaymentMethod::Card.as_str() {
        payments::client_secret(&mut reading, payment, caller.user_id).await?
    } else {
        None
    };
    let is_confidential = client_secret.is_some();
    let answered = reading.answer(PaymentDetails { payment: found, client_secret }).await?;
    Ok(if is_confidential { answered.confidential() } else { answered })
}
