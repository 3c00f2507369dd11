use axum::extract::State;
use edge::{
    Problem,
    extract::{Bearer, Caller},
};
use http::StatusCode;

use crate::App;

/// Sign out. The token ends here at once, and everywhere within a second.
#[utoipa::path(
    delete, path = "/v1/sessions/current", operation_id = "endSession", tag = "Sessions",
    security(("bearer" = [])),
    responses((status = 204, description = "Signed out")),
)]
pub(crate) async fn end(
    State(app): State<App>,
    _caller: Caller,
    Bearer(token): Bearer,
) -> Result<StatusCode, Problem> {
    app.edge.identity().sign_out(&token, app.edge.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
