//! `GET /v1/orders/{order_id}`

use axum::extract::State;
use domain::OrderId;
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::orders::OrderView;

use super::{MODELS, visible};
use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
};

/// An order, with its payment and its tickets.
#[utoipa::path(
    get,
    path = "/v1/orders/{order_id}",
    operation_id = "get_order",
    tag = "orders",
    params(("order_id" = Uuid, Path, description = "The order"), At),
    responses((status = 200, description = "The order", body = OrderView), Refusals, NotFound),
    security(("bearer" = []))
)]
pub(crate) async fn get_order(
    State(app): State<App>,
    caller: Caller,
    Query(at): Query<At>,
    PathId(order): PathId<OrderId>,
) -> Result<Answered<OrderView>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, at.min_position).await?;
    let found = visible(&mut reading, order, &caller).await?;
    reading.answer(found).await
}
