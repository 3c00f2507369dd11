//! `GET /v1/tickets/{code}`

use axum::extract::State;
use domain::{StreamId, TicketCode};
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::{
    Model, Viewer,
    orders::{self, TicketView},
};

use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
    viewer::viewer,
};

/// A ticket, for whoever bought it, the show's organizer, and operators.
#[utoipa::path(
    get,
    path = "/v1/tickets/{code}",
    operation_id = "get_ticket",
    tag = "orders",
    params(("code" = String, Path, description = "The ticket's code", example = "06B3VZK0M4CY2TQ6JX8R9PSWDA"), At),
    responses((status = 200, description = "The ticket", body = TicketView), Refusals, NotFound),
    security(("bearer" = []))
)]
pub(crate) async fn get_ticket(
    State(app): State<App>,
    caller: Caller,
    Query(at): Query<At>,
    PathId(code): PathId<TicketCode>,
) -> Result<Answered<TicketView>, Problem> {
    let mut reading = Reading::begin(&app, &[Model::Orders], at.min_position).await?;
    let found = orders::ticket(&mut reading, code, viewer(&caller)).await?;
    let hidden = found.is_none() && orders::ticket(&mut reading, code, Viewer::Operator).await?.is_some();
    let entity = (Model::Orders, StreamId::ticket(code));
    let found = reading.judge(found, hidden, &[entity]).await?;
    reading.answer(found).await
}
