//! Where a new stream begins.

use chrono::TimeDelta;
use event_store::{Clock, Head, LogReader, Position, SystemClock};

use crate::{checkpoints, error::RelayError, options::RelayOptions};

/// How many of the last events tell how large a message is.
const SAMPLE: i64 = 100;
/// What a message takes beside payload and metadata: its other fields, headers, subject.
const OVERHEAD: usize = 900;

/// The oldest position that a consumer still needs, but none that the stream's limits would discard right away:
/// those are read from the log in any case.
pub(crate) async fn first_sequence(
    options: &RelayOptions,
    log: &mut LogReader,
    head: &Head,
) -> Result<Position, RelayError> {
    let next = head.position + 1;
    let lowest = checkpoints::lowest(&options.database, head.log_id).await?.unwrap_or(0);
    let needed = (lowest + 1).clamp(1, next);
    let fitting = fitting(options, log, head).await?;
    young(options, log, needed.max(fitting)).await
}

/// The oldest position from which on everything fits into `max_bytes`, judged by the last events.
async fn fitting(options: &RelayOptions, log: &mut LogReader, head: &Head) -> Result<Position, RelayError> {
    let sample = log.after((head.position - SAMPLE).max(0), SAMPLE).await?;
    let bytes: usize = sample.iter().map(|event| event.data.len() + event.metadata.len() + OVERHEAD).sum();
    let each = Position::try_from(bytes / sample.len().max(1)).unwrap_or(Position::MAX).max(1);
    Ok((head.position - options.max_bytes.max(0) / each).max(0) + 1)
}

/// The oldest position from `from` on that is younger than `max_age`; the one after the last where none is.
async fn young(options: &RelayOptions, log: &mut LogReader, from: Position) -> Result<Position, RelayError> {
    let Some(limit) =
        TimeDelta::from_std(options.max_age).ok().and_then(|age| SystemClock.now().checked_sub_signed(age))
    else {
        return Ok(from);
    };
    Ok(from.max(log.last_until(limit).await? + 1))
}
