//! Reading the log as whoever verifies it must: row by row as the bytes lie there, however many there are, and without
//! decoding anything that could fail.

use std::ops::ControlFlow;

use futures::TryStreamExt;
use sqlx::{Row, postgres::PgRow};

use crate::{
    canonical::RawFields,
    reader::{LogReader, MAX_PAGE},
    record::{POSTGRES_EPOCH, Position},
};

/// A row of the log, before anybody has vouched for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawEvent<'a> {
    /// What is hashed.
    pub fields: RawFields<'a>,
    /// The hash that is stored with it; not 32 bytes long where somebody tampered with it.
    pub hash: &'a [u8],
}

/// An event that is not the first of its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Its stream.
    pub stream_id: String,
    /// Its place in the stream.
    pub version: i64,
    /// Its place in the log.
    pub position: Position,
}

impl LogReader {
    /// Shows at most `limit` rows after `position` to `look`, in order, one at a time, until it has seen enough.
    ///
    /// # Errors
    /// The database can't be reached or did not show all of it within 5 s.
    pub async fn scan(
        &mut self,
        position: Position,
        limit: i64,
        mut look: impl FnMut(RawEvent<'_>) -> ControlFlow<()>,
    ) -> Result<(), sqlx::Error> {
        self.read(async |connection| {
            let query = sqlx::query(include_str!("sql/scan.sql")).bind(position).bind(limit.min(MAX_PAGE));
            let mut rows = query.fetch(connection);
            while let Some(row) = rows.try_next().await? {
                if look(raw(&row)?).is_break() {
                    break;
                }
            }
            Ok(())
        })
        .await
    }

    /// The position of the first of these whose predecessor in its stream does not lie before it in the log.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn unpreceded(&mut self, events: &[Successor]) -> Result<Option<Position>, sqlx::Error> {
        let streams: Vec<&str> = events.iter().map(|event| event.stream_id.as_str()).collect();
        let versions: Vec<i64> = events.iter().map(|event| event.version).collect();
        let positions: Vec<Position> = events.iter().map(|event| event.position).collect();
        self.read(async |connection| {
            sqlx::query_scalar(include_str!("sql/unpreceded.sql"))
                .bind(streams)
                .bind(versions)
                .bind(positions)
                .fetch_optional(connection)
                .await
        })
        .await
    }

    /// Whether the database itself still keeps positions and versions from being given twice.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn has_its_keys(&mut self) -> Result<bool, sqlx::Error> {
        self.read(async |connection| {
            sqlx::query_scalar(include_str!("sql/keys.sql")).fetch_one(connection).await
        })
        .await
    }

    /// Whether this is a standby, which may not have all events yet.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn is_standby(&mut self) -> Result<bool, sqlx::Error> {
        self.read(async |connection| {
            sqlx::query_scalar(include_str!("sql/in_recovery.sql")).fetch_one(connection).await
        })
        .await
    }
}

fn raw(row: &PgRow) -> Result<RawEvent<'_>, sqlx::Error> {
    let event = RawEvent {
        fields: RawFields {
            position: i64::from_be_bytes(array(row, 0)?),
            stream_id: bytes(row, 1)?,
            version: i64::from_be_bytes(array(row, 2)?),
            event_id: array(row, 3)?,
            event_type: bytes(row, 4)?,
            data: bytes(row, 5)?,
            metadata: bytes(row, 6)?,
            // `infinity` is the highest number there is, and stays one.
            recorded_at: i64::from_be_bytes(array(row, 7)?).saturating_add(POSTGRES_EPOCH),
        },
        hash: bytes(row, 8)?,
    };
    Ok(event)
}

/// A column's bytes; none where somebody stored a null, which no constraint allows.
fn bytes(row: &PgRow, column: usize) -> Result<&[u8], sqlx::Error> {
    Ok(row.try_get_raw(column)?.as_bytes().unwrap_or_default())
}

/// A column of fixed length, as the wire has it; zeros for a null.
fn array<const LENGTH: usize>(row: &PgRow, column: usize) -> Result<[u8; LENGTH], sqlx::Error> {
    let bytes = bytes(row, column)?;
    if bytes.is_empty() {
        return Ok([0; LENGTH]);
    }
    bytes
        .try_into()
        .map_err(|_| sqlx::Error::Decode(format!("column {column} has {} bytes", bytes.len()).into()))
}
