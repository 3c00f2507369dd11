//! Whether the log has an event at every position, and what is kept beside it.

use event_store::{LogReader, stray_snapshots};
use sqlx::ConnectOptions;

use super::super::Finding;
use crate::{failure::Failure, output::Progress, settings::Settings};

/// Also how many states are kept of streams that never came that far.
pub(super) async fn examine(settings: &Settings) -> Result<(Vec<Finding>, i64), Failure> {
    let database = settings.writer()?;
    let mut log = LogReader::new(database.clone(), "doctor");
    let head = log.head().await?.position;
    let mut progress = Progress::new("positions of the log");
    let missing = log.missing(head, |position| progress.tell(position, head)).await?;
    progress.end();
    let stray = stray_snapshots(&mut database.connect().await?).await?;
    let otherwise = "somebody deleted them; restore a backup that has them, see docs/operations.md";
    let findings = vec![
        Finding::count("the log, position by position", head, missing, otherwise),
        Finding::test(
            "states of streams are the log's",
            stray == 0,
            &format!(
                "{stray} are of streams that never came that far: --fix forgets them, and they are made again"
            ),
        ),
    ];
    Ok((findings, stray))
}
