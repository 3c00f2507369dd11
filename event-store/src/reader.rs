//! Reading the log: by position, one page at a time, so that no snapshot is held for long.

use std::{ops::ControlFlow, time::Duration};

use chrono::{DateTime, Utc};
use domain::{Category, StreamId};
use faultpoint::{Sabotage, sabotaged};
use futures::TryStreamExt;
use sqlx::{FromRow, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::{
    canonical::GENESIS,
    connect::{connect, within},
    moment,
    record::{Glimpse, Hash, Position, RecordedEvent},
};

/// The most events one page holds.
pub(crate) const MAX_PAGE: i64 = 10_000;

/// Longer than this no read may take: a snapshot held longer keeps dead rows alive.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// The end of the log, and which log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Names the log; renewed by restore and import.
    pub log_id: Uuid,
    /// The last event's position; 0 in an empty log.
    pub position: Position,
    /// The last event's hash; 32 zero bytes in an empty log.
    pub hash: Hash,
}

/// Reads the log on a connection of its own, which it reopens when it has failed.
#[derive(Debug)]
pub struct LogReader {
    options: PgConnectOptions,
    purpose: &'static str,
    connection: Option<PgConnection>,
}

impl LogReader {
    /// A reader that connects when it first reads. `purpose` shows in `pg_stat_activity`.
    #[must_use]
    pub fn new(options: PgConnectOptions, purpose: &'static str) -> Self {
        Self { options, purpose, connection: None }
    }

    /// Where the log ends now.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn head(&mut self) -> Result<Head, sqlx::Error> {
        self.read(async |connection| head(connection).await).await
    }

    /// At most `limit` events after `position`, in order.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn after(&mut self, position: Position, limit: i64) -> Result<Vec<RecordedEvent>, sqlx::Error> {
        self.read(async |connection| {
            sqlx::query_as(include_str!("sql/read_forward.sql"))
                .bind(position)
                .bind(limit.clamp(1, MAX_PAGE))
                .fetch_all(connection)
                .await
        })
        .await
    }

    /// Shows, in order, those of the events after one position and up to another that belong to streams of some
    /// categories, until there are no more or the caller has seen enough. One snapshot lasts for all of them.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s. What was shown until then is to be forgotten.
    pub async fn glimpse(
        &mut self,
        (after, until): (Position, Position),
        categories: &[Category],
        mut see: impl FnMut(Glimpse<'_>) -> ControlFlow<()>,
    ) -> Result<(), sqlx::Error> {
        let names: Vec<&str> = categories.iter().map(|category| category.name()).collect();
        self.read_enough(async |connection| {
            let mut rows = sqlx::query(include_str!("sql/read_categories.sql"))
                .bind(after)
                .bind(until)
                .bind(names)
                .fetch(connection);
            while let Some(row) = rows.try_next().await? {
                if see(Glimpse::of(&row)?).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
        .await
    }

    /// The event at a position, if the log goes that far.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn at(&mut self, position: Position) -> Result<Option<RecordedEvent>, sqlx::Error> {
        self.read(async |connection| {
            sqlx::query_as(include_str!("sql/read_at.sql")).bind(position).fetch_optional(connection).await
        })
        .await
    }

    /// The last event that was recorded until then; 0 if there was none.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn last_until(&mut self, at: DateTime<Utc>) -> Result<Position, sqlx::Error> {
        self.read(async |connection| {
            let head = head(connection).await?.position;
            moment::last_until(connection, at, head).await
        })
        .await
    }

    /// Whether the log has this event.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn holds(&mut self, event: &RecordedEvent) -> Result<bool, sqlx::Error> {
        self.read(async |connection| holds(connection, event).await).await
    }

    /// The events at some positions, in order. Positions beyond the log are left out.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn several(&mut self, positions: &[Position]) -> Result<Vec<RecordedEvent>, sqlx::Error> {
        self.read(async |connection| events_at(connection, positions).await).await
    }

    /// At most `limit` events of a stream after `version`, in order.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn stream(
        &mut self,
        stream: StreamId,
        version: i64,
        limit: i64,
    ) -> Result<Vec<RecordedEvent>, sqlx::Error> {
        self.read(async |connection| read_stream(connection, stream, version, limit).await).await
    }

    pub(crate) async fn read<T>(
        &mut self,
        query: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        self.read_enough(async |connection| query(connection).await.map(ControlFlow::Continue)).await
    }

    /// The same, of which the rest may be left unread: the server would keep its snapshot until somebody takes it, so
    /// that connection is not used again.
    pub(crate) async fn read_enough<T>(
        &mut self,
        query: impl AsyncFnOnce(&mut PgConnection) -> Result<ControlFlow<T, T>, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        // Taken out, so that a read that fails or is dropped half-way leaves no connection in an unknown state.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.options, self.purpose).await?,
        };
        match within(READ_TIMEOUT, query(&mut connection)).await? {
            ControlFlow::Continue(all) => {
                self.connection = Some(connection);
                Ok(all)
            }
            ControlFlow::Break(enough) => Ok(enough),
        }
    }
}

/// At most `limit` events of a stream after `version`, in order, on any connection.
///
/// # Errors
/// The database's own.
pub async fn read_stream(
    connection: &mut PgConnection,
    stream: StreamId,
    version: i64,
    limit: i64,
) -> Result<Vec<RecordedEvent>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/read_stream.sql"))
        .bind(stream.to_string())
        .bind(version)
        .bind(limit.clamp(1, MAX_PAGE))
        .fetch_all(connection)
        .await
}

/// The first event of some streams, in no order, on any connection. Streams without events are left out.
///
/// # Errors
/// The database's own.
pub async fn first_events(
    connection: &mut PgConnection,
    streams: &[StreamId],
) -> Result<Vec<RecordedEvent>, sqlx::Error> {
    let names: Vec<String> = streams.iter().map(StreamId::to_string).collect();
    sqlx::query_as(include_str!("sql/read_first.sql")).bind(names).fetch_all(connection).await
}

/// The events at some positions, in order, on any connection. Positions beyond the log are left out.
///
/// # Errors
/// The database's own.
pub async fn events_at(
    connection: &mut PgConnection,
    positions: &[Position],
) -> Result<Vec<RecordedEvent>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/read_many.sql")).bind(positions).fetch_all(connection).await
}

/// Whether the log has this event, on any connection. What was heard elsewhere, or read a moment ago from a database that
/// was since put back to an older state, may not be in it, though it follows from what is.
///
/// # Errors
/// The database's own.
pub async fn holds(connection: &mut PgConnection, event: &RecordedEvent) -> Result<bool, sqlx::Error> {
    if sabotaged(Sabotage::BelieveHearsay) {
        return Ok(true);
    }
    sqlx::query_scalar(include_str!("sql/holds.sql"))
        .bind(event.position)
        .bind(event.hash.0.as_slice())
        .fetch_one(connection)
        .await
}

/// Where the log ends now, on any connection.
///
/// # Errors
/// The database's own.
pub async fn head(connection: &mut PgConnection) -> Result<Head, sqlx::Error> {
    #[derive(FromRow)]
    struct Row {
        log_id: Uuid,
        position: Position,
        hash: Option<Vec<u8>>,
    }
    let row: Row = sqlx::query_as(include_str!("sql/head.sql")).fetch_one(connection).await?;
    let hash = row.hash.map_or(Ok(GENESIS), TryInto::try_into);
    let hash = hash.map_err(|_| sqlx::Error::Decode("the head's hash has not 32 bytes".into()))?;
    Ok(Head { log_id: row.log_id, position: row.position, hash })
}
