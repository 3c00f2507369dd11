//! `GET /v1/inventory/{show_id}`

use axum::extract::State;
use domain::ShowId;
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::inventory::{self, InventoryView};

use super::{MODELS, entities};
use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
};

/// How many seats of a show are held, sold and left.
#[utoipa::path(
    get,
    path = "/v1/inventory/{show_id}",
    operation_id = "get_inventory",
    tag = "shows",
    params(("show_id" = Uuid, Path, description = "The show"), At),
    responses((status = 200, description = "Its inventory", body = InventoryView), Refusals, NotFound),
    security((), ("bearer" = []))
)]
pub(crate) async fn get_inventory(
    State(app): State<App>,
    caller: Option<Caller>,
    Query(at): Query<At>,
    PathId(show): PathId<ShowId>,
) -> Result<Answered<InventoryView>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, at.min_position).await?;
    let viewer = caller.map(|caller| caller.user_id);
    let found = inventory::get(&mut reading, show, viewer, false).await?;
    let hidden = found.is_none() && inventory::get(&mut reading, show, None, true).await?.is_some();
    let found = reading.judge(found, hidden, &entities(show)).await?;
    reading.answer(found).await
}
