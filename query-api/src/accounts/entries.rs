//! `GET /v1/accounts/{account_id}/entries`

use axum::extract::State;
use domain::AccountId;
use edge::{
    Answered, Page, Problem,
    extract::{Caller, PathId, Query},
};
use projections::accounts::{self, EntryView};

use super::{MODELS, visible};
use crate::{
    app::App,
    params::{All, List, page},
    problems::{NotFound, Refusals},
    reading::Reading,
};

/// What came into an account and went out, newest first.
#[utoipa::path(
    get,
    path = "/v1/accounts/{account_id}/entries",
    operation_id = "list_account_entries",
    tag = "accounts",
    params(("account_id" = Uuid, Path, description = "The account"), List<All>),
    responses((status = 200, description = "A page of entries", body = Page<EntryView>), Refusals, NotFound),
    security(("bearer" = []))
)]
pub(crate) async fn list_account_entries(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<List<All>>,
    PathId(account): PathId<AccountId>,
) -> Result<Answered<Page<EntryView>>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, asked.at.min_position).await?;
    visible(&mut reading, account, &caller).await?;
    let found = accounts::entries(&mut reading, account, asked.pages.request()).await?;
    reading.answer(page(found)?).await
}
