//! `GET /v1/tickets/{code}`

use axum::extract::State;
use domain::TicketCode;
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::orders::TicketView;

use super::{MODELS, visible};
use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
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
    let mut reading = Reading::begin(&app, &MODELS, at.min_position).await?;
    let found = visible(&mut reading, code, &caller).await?;
    reading.answer(found).await
}
