//! Streams that belong together, read in the order of the log.

use std::collections::VecDeque;

use domain::{Category, ParseStreamIdError, StreamId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    reader::read_stream,
    record::{Position, RecordedEvent},
};

/// Events read at once of each stream.
const PAGE: i64 = 1_000;

/// The most events that [`events_of`] reads of a stream and [`stretches`] of a stretch: an order has far less.
const MAX_EVENTS: i64 = 1_000;

/// Some streams, however long, a page of each at a time.
#[derive(Debug)]
pub struct Streams {
    readings: Vec<Reading>,
    until: Position,
}

#[derive(Debug)]
struct Reading {
    stream: StreamId,
    version: i64,
    page: VecDeque<RecordedEvent>,
    ended: bool,
}

impl Streams {
    /// Their events up to a position.
    pub fn new(streams: impl IntoIterator<Item = StreamId>, until: Position) -> Self {
        let reading = |stream| Reading { stream, version: 0, page: VecDeque::new(), ended: false };
        Self { readings: streams.into_iter().map(reading).collect(), until }
    }

    /// The next event of any of them, in the order of the log.
    ///
    /// # Errors
    /// The database's own.
    pub async fn next(
        &mut self,
        connection: &mut PgConnection,
    ) -> Result<Option<RecordedEvent>, sqlx::Error> {
        for reading in &mut self.readings {
            reading.fill(connection, self.until).await?;
        }
        let begun = self.readings.iter_mut().filter(|reading| !reading.page.is_empty());
        let first = begun.min_by_key(|reading| reading.page.front().map(|event| event.position));
        Ok(first.and_then(|reading| reading.page.pop_front()))
    }
}

impl Reading {
    async fn fill(&mut self, connection: &mut PgConnection, until: Position) -> Result<(), sqlx::Error> {
        if self.ended || !self.page.is_empty() {
            return Ok(());
        }
        let page = read_stream(connection, self.stream, self.version, PAGE).await?;
        let wanted: VecDeque<_> = page.into_iter().take_while(|event| event.position <= until).collect();
        self.ended = i64::try_from(wanted.len()).unwrap_or(PAGE) < PAGE;
        self.version = wanted.back().map_or(self.version, |event| event.version);
        self.page = wanted;
        Ok(())
    }
}

/// The events of some short streams up to a position, in order.
///
/// # Errors
/// The database's own.
pub async fn events_of(
    connection: &mut PgConnection,
    streams: &[StreamId],
    until: Position,
) -> Result<Vec<RecordedEvent>, sqlx::Error> {
    let from_the_first: Vec<(StreamId, i64)> = streams.iter().map(|stream| (*stream, 0)).collect();
    events_after(connection, &from_the_first, until, MAX_EVENTS).await
}

/// At most `limit` events of each of some streams, after a version of it and up to a position, in the order of the log.
///
/// # Errors
/// The database's own.
pub async fn events_after(
    connection: &mut PgConnection,
    streams: &[(StreamId, i64)],
    until: Position,
    limit: i64,
) -> Result<Vec<RecordedEvent>, sqlx::Error> {
    let (names, versions): (Vec<String>, Vec<i64>) =
        streams.iter().map(|(stream, version)| (stream.to_string(), *version)).unzip();
    sqlx::query_as(include_str!("sql/read_streams.sql"))
        .bind(names)
        .bind(versions)
        .bind(until)
        .bind(limit.clamp(1, MAX_EVENTS))
        .fetch_all(connection)
        .await
}

/// The streams of some categories that begin after a position and up to another, in that order.
///
/// # Errors
/// The database's own.
pub async fn streams_begun(
    connection: &mut PgConnection,
    categories: &[Category],
    after: Position,
    until: Position,
) -> Result<Vec<StreamId>, sqlx::Error> {
    let categories: Vec<&str> = categories.iter().map(|category| category.name()).collect();
    let names: Vec<String> = sqlx::query_scalar(include_str!("sql/streams_begun.sql"))
        .bind(after)
        .bind(until)
        .bind(categories)
        .fetch_all(connection)
        .await?;
    let parsed = names.iter().map(|name| name.parse()).collect::<Result<_, _>>();
    parsed.map_err(|error: ParseStreamIdError| sqlx::Error::Decode(Box::new(error)))
}

/// The events from a first to a last position, of several such stretches, in order; short ones.
///
/// # Errors
/// The database's own.
pub async fn stretches(
    connection: &mut PgConnection,
    stretches: &[(Position, Position)],
) -> Result<Vec<RecordedEvent>, sqlx::Error> {
    let (first, last): (Vec<Position>, Vec<Position>) = stretches.iter().copied().unzip();
    sqlx::query_as(include_str!("sql/read_spans.sql"))
        .bind(first)
        .bind(last)
        .bind(MAX_EVENTS)
        .fetch_all(connection)
        .await
}

/// An event by its own name, in a stream that is known to hold it and is short.
///
/// # Errors
/// The database's own.
pub async fn find_in_stream(
    connection: &mut PgConnection,
    stream: StreamId,
    event_id: Uuid,
) -> Result<Option<RecordedEvent>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/find_in_stream.sql"))
        .bind(stream.to_string())
        .bind(event_id)
        .fetch_optional(connection)
        .await
}
