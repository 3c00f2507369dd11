//! `GET /v1/orders/{order_id}`

use axum::extract::State;
use domain::OrderId;
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::orders::OrderView;

use super::{MODELS, as_of::order_as_of, visible};
use crate::{
    app::App,
    params::Then,
    problems::{Forbidden, NotFound, Refusals},
    reading::Reading,
};

/// An order, with its payment and its tickets: as it stands or, for operators, as it was.
#[utoipa::path(
    get,
    path = "/v1/orders/{order_id}",
    operation_id = "get_order",
    tag = "orders",
    params(("order_id" = Uuid, Path, description = "The order"), Then),
    responses((status = 200, description = "The order", body = OrderView), Refusals, Forbidden, NotFound),
    security(("bearer" = []))
)]
pub(crate) async fn get_order(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<Then>,
    PathId(order): PathId<OrderId>,
) -> Result<Answered<OrderView>, Problem> {
    if let Some(moment) = asked.as_of {
        return order_as_of(&app, caller, order, &moment, asked.at).await;
    }
    let mut reading = Reading::begin(&app, &MODELS, asked.at.min_position).await?;
    let found = visible(&mut reading, order, &caller).await?;
    reading.answer(found).await
}
