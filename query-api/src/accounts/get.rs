//! `GET /v1/accounts/{account_id}`

use axum::extract::State;
use domain::AccountId;
use edge::{
    Answered, Problem,
    extract::{Caller, PathId, Query},
};
use projections::accounts::AccountView;

use super::{MODELS, visible};
use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
};

/// An account.
#[utoipa::path(
    get,
    path = "/v1/accounts/{account_id}",
    operation_id = "get_account",
    tag = "accounts",
    params(("account_id" = Uuid, Path, description = "The account"), At),
    responses((status = 200, description = "The account", body = AccountView), Refusals, NotFound),
    security(("bearer" = []))
)]
pub(crate) async fn get_account(
    State(app): State<App>,
    caller: Caller,
    Query(at): Query<At>,
    PathId(account): PathId<AccountId>,
) -> Result<Answered<AccountView>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, at.min_position).await?;
    let found = visible(&mut reading, account, &caller).await?;
    reading.answer(found).await
}
