//! `GET /v1/stats`

use axum::extract::State;
use edge::{
    Answered, Problem,
    extract::{Query, Staff},
};
use identity::Role;
use projections::{Model, Stats};

use crate::{
    app::App,
    params::At,
    problems::{Forbidden, Refusals},
    reading::Reading,
};

/// Shows, orders, payments and revenue: of everything for operators, of their own shows for organizers.
#[utoipa::path(
    get,
    path = "/v1/stats",
    operation_id = "get_stats",
    tag = "operations",
    params(At),
    responses((status = 200, description = "The figures", body = Stats), Refusals, Forbidden),
    security(("bearer" = []))
)]
pub(crate) async fn get_stats(
    State(app): State<App>,
    caller: Staff,
    Query(at): Query<At>,
) -> Result<Answered<Stats>, Problem> {
    let organizer = (!caller.roles.has(Role::Operator)).then_some(caller.user_id);
    let mut reading = Reading::begin(&app, &Model::ALL, at.min_position).await?;
    let figures = projections::stats(&mut reading, organizer).await?;
    reading.answer(figures).await
}
