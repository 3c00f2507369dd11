//! Who is let in when more want to than can be served.

use std::time::Duration;

use axum::extract::FromRequestParts;
use edge::Problem;
use http::request::Parts;

use crate::App;

/// How long a refusal is held back. A caller that comes back at once, whatever `Retry-After` says, would else cost
/// nearly as much as one that is served.
const BRAKE: Duration = Duration::from_millis(100);

/// What handlers share, for a request that the sequencer has room for.
///
/// To be a handler's first argument: a request that would only be refused after its body was read and its caller looked
/// up is refused before either, so that refusals cost little of what those who are served need.
pub(crate) struct Admitted(pub(crate) App);

impl FromRequestParts<App> for Admitted {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Problem> {
        if app.sequencer.is_crowded() {
            tokio::time::sleep(BRAKE).await;
            if app.sequencer.is_crowded() {
                return Err(Problem::queue_full());
            }
        }
        Ok(Self(app.clone()))
    }
}
