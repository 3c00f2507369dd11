//! Counting what is missing: in the log, in the stream, and at every checkpoint.

mod checkpoints;
mod log;
mod stream;

use event_store::forget_stray_snapshots;
use projections::Model;
use relay::Reconciliation;
use sqlx::ConnectOptions;

use super::Finding;
use crate::{failure::Failure, output, settings::Settings};

/// What was counted.
pub(super) struct Counted {
    pub(super) findings: Vec<Finding>,
    /// States kept of streams that never came that far.
    stray: i64,
    /// Where NATS is to be had.
    stream: Option<Reconciliation>,
    /// Checkpoints of another log, or beyond the end of this one.
    refused: bool,
}

pub(super) async fn examine(settings: &Settings) -> Result<Counted, Failure> {
    let (mut findings, stray) = log::examine(settings).await?;
    let stream = stream::examine(settings, &mut findings).await?;
    let refused = checkpoints::examine(settings, &mut findings).await?;
    Ok(Counted { findings, stray, stream, refused })
}

/// Mends what follows from the log; whether there was anything to mend.
pub(super) async fn fix(settings: &Settings, counted: &Counted) -> Result<bool, Failure> {
    let mut mended = false;
    if counted.stray > 0 {
        output::note("Forgetting states of streams that never came that far.");
        forget_stray_snapshots(&mut settings.writer()?.connect().await?).await?;
        mended = true;
    }
    if counted.refused {
        output::note("Read models and processes that can't go on begin at the log's first event.");
        for model in Model::ALL {
            projections::recheck(&settings.writer()?, model).await?;
        }
        processes::recheck(&mut settings.writer()?.connect().await?).await?;
        mended = true;
    }
    if let Some(stream) = &counted.stream {
        mended |= stream::fix(settings, stream).await?;
    }
    Ok(mended)
}
