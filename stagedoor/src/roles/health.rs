//! Health and metrics of the roles that have no HTTP of their own.

use edge::Check;

use super::{Parts, Running, http::listen};
use crate::failure::Failure;

pub(crate) async fn serve(parts: &Parts, checks: Vec<Check>, running: &Running) -> Result<(), Failure> {
    let (settings, router) = (&parts.settings, edge::health(checks));
    listen(settings, settings.health_listen, "STAGEDOOR_HEALTH_LISTEN", router, running).await
}
