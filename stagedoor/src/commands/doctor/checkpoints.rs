//! Whether the log is signed, and where nobody who owns it can change that.

use evidence::Target;

use super::Finding;
use crate::{failure::Failure, settings::Settings};

const SIGNED: &str = "the log is signed by checkpoints";
const APART: &str = "checkpoints lie apart from the log";

pub(super) async fn examine(settings: &Settings) -> Result<Vec<Finding>, Failure> {
    let Some(target) = settings.checkpoints.target()? else {
        let otherwise = "set STAGEDOOR_CHECKPOINT_KEY and STAGEDOOR_CHECKPOINT_TO: without, nobody can show that the \
                         log was not cut off or rewritten by somebody who owns the database (docs/audit.md)";
        return Ok(vec![Finding::advise(SIGNED, false, otherwise)]);
    };
    Ok(vec![Finding::advise(SIGNED, true, ""), apart(&target, settings).await?])
}

async fn apart(target: &Target, settings: &Settings) -> Result<Finding, Failure> {
    match target.objection(&settings.reader()?).await {
        Ok(objection) => Ok(Finding::test(APART, objection.is_none(), &objection.unwrap_or_default())),
        Err(error) => Ok(Finding::test(APART, false, &error.to_string())),
    }
}
