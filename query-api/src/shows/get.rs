//! `GET /v1/shows/{show_id}`

use axum::extract::State;
use domain::{ShowId, StreamId};
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::{Model, shows::ShowView};

use super::visible;
use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
};

/// A show. `ETag` is its version, to be sent back as `If-Match` when it is changed.
#[utoipa::path(
    get,
    path = "/v1/shows/{show_id}",
    operation_id = "get_show",
    tag = "shows",
    params(("show_id" = Uuid, Path, description = "The show"), At),
    responses(
        (status = 200, description = "The show", body = ShowView,
            headers(("ETag" = String, description = "The version, in quotes"))),
        Refusals,
        NotFound
    ),
    security((), ("bearer" = []))
)]
pub(crate) async fn get_show(
    State(app): State<App>,
    caller: Option<Caller>,
    Query(at): Query<At>,
    PathId(show): PathId<ShowId>,
) -> Result<Answered<ShowView>, Problem> {
    let mut reading = Reading::begin(&app, &[Model::Shows], at.min_position).await?;
    let found = visible(&mut reading, show, caller, &[(Model::Shows, StreamId::show(show))]).await?;
    let version = found.version;
    Ok(reading.answer(found).await?.version(version))
}
