//! Who is let in when more want to than can be served.

use std::time::Duration;

use axum::extract::FromRequestParts;
use edge::Problem;
use http::request::Parts;

use crate::App;

/// A refusal is held back for so long, and so often it is seen whether there is room by then. A caller that comes back
/// at once, whatever `Retry-After` says, would else cost nearly as much as one that is served.
const LOOKS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(100);

/// What handlers share, for a request that the sequencer has room for.
///
/// To be a handler's first argument: a request that would only be refused after its body was read and its caller looked
/// up is refused before either, so that refusals cost little of what those who are served need.
pub(crate) struct Admitted(pub(crate) App);

impl FromRequestParts<App> for Admitted {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self, Problem> {
        for _ in 0..LOOKS {
            if !app.sequencer.is_crowded() {
                return Ok(Self(app.clone()));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Problem::queue_full())
    }
}
