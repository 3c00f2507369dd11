//! `GET /v1/accounts`

use axum::extract::State;
use edge::{
    Answered, Page, Problem,
    extract::{Caller, Query},
};
use projections::accounts::{self, AccountView};

use super::MODELS;
use crate::{
    app::App,
    params::{All, List, page},
    problems::Refusals,
    reading::Reading,
    viewer::viewer,
};

/// The caller's accounts, newest first; for operators all.
#[utoipa::path(
    get,
    path = "/v1/accounts",
    operation_id = "list_accounts",
    tag = "accounts",
    params(List<All>),
    responses((status = 200, description = "A page of accounts", body = Page<AccountView>), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn list_accounts(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<List<All>>,
) -> Result<Answered<Page<AccountView>>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, asked.at.min_position).await?;
    let found = accounts::list(&mut reading, viewer(&caller), asked.pages.request()).await?;
    reading.answer(page(found)?).await
}
