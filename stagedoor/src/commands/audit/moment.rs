//! Moments of the past, as they are named on the command line.

use event_store::{Clock, Moment, MomentError, Past, SystemClock, head};
use sqlx::PgConnection;

use crate::failure::Failure;

/// Reads a moment.
pub(super) fn parse(text: &str) -> Result<Moment, Failure> {
    text.parse().map_err(|error| {
        Failure::usage(error, "a position is 42 or so, a time 2026-11-05T19:30:00Z, with a zone of its own")
    })
}

/// Where a moment is in the log.
pub(super) async fn find(connection: &mut PgConnection, moment: Moment) -> Result<Past, Failure> {
    let past = moment.find(connection, SystemClock.now()).await;
    past.map_err(|error| match error {
        MomentError::Beyond { .. } => Failure::Fault(error.to_string()),
        MomentError::Database(error) => error.into(),
    })
}

/// This moment.
pub(super) async fn now(connection: &mut PgConnection) -> Result<Past, Failure> {
    let head = head(connection).await?.position;
    let last = find(connection, Moment::Position(head)).await?;
    // Time never runs backwards in the log, whatever this machine's clock says.
    Ok(Past { at: last.at.max(SystemClock.now()), ..last })
}
