use axum::extract::State;
use domain::UserId;
use edge::{
    Answered, FieldError, Problem,
    extract::{Admin, Replacement, Shape},
};
use identity::{Role, Roles};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{App, words};

/// All roles a user is to have; `customer` is always among them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRoles {
    #[schema(schema_with = words::roles)]
    roles: Vec<Role>,
}

/// A user's roles.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserRoles {
    #[schema(value_type = uuid::Uuid)]
    user_id: UserId,
    #[schema(schema_with = words::roles)]
    roles: Roles,
}

impl Shape for NewRoles {
    fn validate(&self) -> Vec<FieldError> {
        let bounded = self.roles.len() <= Role::ALL.len();
        if bounded { vec![] } else { vec![FieldError::new("/roles", "must be at most 4 roles")] }
    }
}

/// Replace a user's roles. Works everywhere within a second, and is written down with who did it.
#[utoipa::path(
    put, path = "/v1/users/{user_id}/roles", operation_id = "setRoles", tag = "Users",
    security(("bearer" = [])),
    params(("user_id" = uuid::Uuid, Path, description = "The user")),
    request_body(content = NewRoles, example = json!({"roles": ["organizer"]})),
    responses((status = 200, description = "The roles from now on", body = UserRoles)),
)]
pub(crate) async fn set_roles(
    State(app): State<App>,
    put: Replacement<NewRoles, Admin, UserId>,
) -> Result<Answered<UserRoles>, Problem> {
    let (user_id, roles) = (put.path, put.body.roles.into_iter().collect());
    app.edge.identity().set_roles(put.caller.user_id, user_id, roles, app.edge.now()).await?;
    Ok(Answered::ok(UserRoles { user_id, roles }))
}
