//! `GET /v1/projections`

use axum::extract::State;
use edge::{
    Answered, Page, Problem,
    extract::{Operator, Query},
};
use projections::{Model, ProjectionStatus};

use crate::{
    app::App,
    params::At,
    problems::{Forbidden, Refusals},
    reading::Reading,
};

/// How the read models are doing, for operators: how far each has come, and what is parked.
#[utoipa::path(
    get,
    path = "/v1/projections",
    operation_id = "list_projections",
    tag = "operations",
    params(At),
    responses(
        (status = 200, description = "All read models, by name", body = Page<ProjectionStatus>),
        Refusals,
        Forbidden
    ),
    security(("bearer" = []))
)]
pub(crate) async fn list_projections(
    State(app): State<App>,
    _caller: Operator,
    Query(at): Query<At>,
) -> Result<Answered<Page<ProjectionStatus>>, Problem> {
    let mut reading = Reading::begin(&app, &Model::ALL, at.min_position).await?;
    let data = projections::list(&mut reading).await?;
    // A handful, and never more than a page.
    reading.answer(Page { data, next_cursor: None }).await
}
