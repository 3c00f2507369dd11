//! `GET /v1/inventory`

use axum::extract::State;
use edge::{
    Answered, Page, Problem,
    extract::{Caller, Query},
};
use projections::inventory::{self, InventoryView};

use super::MODELS;
use crate::{
    app::App,
    params::{All, List, page},
    problems::Refusals,
    reading::Reading,
};

/// How many seats are left at each show that is or was on sale, newest show first.
#[utoipa::path(
    get,
    path = "/v1/inventory",
    operation_id = "list_inventory",
    tag = "shows",
    params(List<All>),
    responses((status = 200, description = "A page of inventories", body = Page<InventoryView>), Refusals),
    security((), ("bearer" = []))
)]
pub(crate) async fn list_inventory(
    State(app): State<App>,
    _caller: Option<Caller>,
    Query(asked): Query<List<All>>,
) -> Result<Answered<Page<InventoryView>>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, asked.at.min_position).await?;
    let found = inventory::list(&mut reading, asked.pages.request()).await?;
    reading.answer(page(found)?).await
}
