//! NATS, the stream, and whether it equals the log.

use relay::RelayError;

use super::Finding;
use crate::{failure::Failure, roles::relay_options, settings::Settings};

pub(super) async fn examine(settings: &Settings) -> Result<Vec<Finding>, Failure> {
    if settings.nats_url.is_none() {
        let otherwise =
            "set NATS_URL: without NATS there is no live feed, and reads are up to two seconds behind";
        return Ok(vec![Finding::advise("NATS", false, otherwise)]);
    }
    match relay::status(&relay_options(settings)?).await {
        Ok(report) => {
            let verdict = report.verdict.to_string();
            Ok(vec![Finding::test("the stream equals the log", !report.verdict.is_fault(), &verdict)])
        }
        Err(RelayError::Log(error)) => Err(error.into()),
        Err(error) => Ok(vec![Finding::test("NATS", false, &error.to_string())]),
    }
}
