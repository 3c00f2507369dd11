//! `GET /v1/users/me`

use axum::extract::State;
use edge::{
    Answered, Problem,
    extract::{Caller, Query},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{app::App, params::At, problems::Refusals, reading::Reading};

/// A user, to themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    /// What everything else calls the user.
    user_id: Uuid,
    /// The e-mail address.
    #[schema(example = "customer@stagedoor.test")]
    email: String,
    /// The name.
    name: String,
    /// What the user may do: `customer`, `organizer`, `operator`, `admin`.
    #[schema(example = json!(["customer"]))]
    roles: Vec<&'static str>,
}

/// Who is calling. Users are in no read model: the answer is as current as the log.
#[utoipa::path(
    get,
    path = "/v1/users/me",
    operation_id = "get_me",
    tag = "users",
    params(At),
    responses((status = 200, description = "The caller", body = UserView), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn get_me(
    State(app): State<App>,
    caller: Caller,
    Query(at): Query<At>,
) -> Result<Answered<UserView>, Problem> {
    let position = Reading::begin(&app, &[], at.min_position).await?.close().await?;
    let user = app.edge.identity().user(caller.user_id).await?.ok_or_else(Problem::unauthenticated)?;
    let view = UserView {
        user_id: user.user_id.uuid(),
        email: user.email,
        name: user.name,
        roles: user.roles.iter().map(identity::Role::as_str).collect(),
    };
    Ok(Answered::ok(view).at(position))
}
