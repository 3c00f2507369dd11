use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::UserId;
use edge::{
    Answered, Problem,
    extract::{ClientAddress, JsonBody, Shape},
};
use identity::{Roles, Session, User, normalised_email};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{App, words};

/// What somebody signed up with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    #[schema(format = "email")]
    email: String,
    #[schema(format = "password")]
    password: String,
}

impl Shape for SignIn {}

/// A session: send `token` as `Authorization: Bearer <token>`.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// Works on both services until it is revoked or expires; shown once.
    #[schema(example = "sd_…")]
    token: String,
    expires_at: DateTime<Utc>,
    user: UserView,
}

/// Who signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    #[schema(value_type = uuid::Uuid)]
    user_id: UserId,
    email: String,
    name: String,
    #[schema(schema_with = words::roles)]
    roles: Roles,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        let User { user_id, email, name, roles, .. } = session.user;
        let user = UserView { user_id, email, name, roles };
        Self { token: session.token.reveal().to_owned(), expires_at: session.expires_at, user }
    }
}

/// Sign in.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "createSession", tag = "Sessions",
    request_body(content = SignIn, example = json!({
        "email": "customer@stagedoor.test", "password": "stagedoor-demo"
    })),
    responses(
        (status = 201, description = "A session of 30 days", body = SessionView),
        (status = 401, description = "`unauthenticated`: address or password is wrong; which, nobody is told"),
        (status = 429, description = "`too-many-requests`"),
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    address: ClientAddress,
    JsonBody(body): JsonBody<SignIn>,
) -> Result<Answered<SessionView>, Problem> {
    app.edge.limits().sign_in.check(address, &normalised_email(&body.email)).await?;
    let session = app.edge.identity().sign_in(&body.email, &body.password, app.edge.now()).await?;
    Ok(Answered::created(session.into()))
}
