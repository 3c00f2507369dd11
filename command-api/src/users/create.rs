use axum::extract::State;
use domain::UserId;
use edge::{
    Answered, FieldError, Problem,
    extract::{ClientAddress, JsonBody, Shape},
};
use identity::{NewUser, broken_email, broken_name, broken_password, normalised_email};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::App;

/// What somebody signs up with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUp {
    /// Where letters reach them; one user has it.
    #[schema(format = "email", max_length = 254)]
    email: String,
    #[schema(format = "password", min_length = 8, max_length = 200)]
    password: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

/// Who signed up.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedUp {
    #[schema(value_type = uuid::Uuid)]
    user_id: UserId,
}

impl Shape for SignUp {
    fn validate(&self) -> Vec<FieldError> {
        let broken = [
            ("/email", broken_email(&self.email)),
            ("/password", broken_password(&self.password)),
            ("/name", broken_name(&self.name)),
        ];
        broken.into_iter().filter_map(|(pointer, why)| Some(FieldError::new(pointer, why?))).collect()
    }
}

/// Sign up as a customer.
#[utoipa::path(
    post, path = "/v1/users", operation_id = "createUser", tag = "Users",
    request_body(content = SignUp, example = json!({
        "email": "ada@example.org", "password": "correct horse battery", "name": "Ada"
    })),
    responses(
        (status = 201, description = "A new customer, who can sign in", body = SignedUp),
        (status = 409, description = "`email-taken`"),
        (status = 429, description = "`too-many-requests`"),
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    address: ClientAddress,
    JsonBody(body): JsonBody<SignUp>,
) -> Result<Answered<SignedUp>, Problem> {
    let SignUp { email, password, name } = body;
    app.edge.limits().sign_up.check(address, &normalised_email(&email)).await?;
    let user = NewUser { user_id: UserId::from(app.edge.id()), email, password, name };
    let user_id = app.edge.identity().sign_up(user, app.edge.now()).await?;
    Ok(Answered::created(SignedUp { user_id }))
}
