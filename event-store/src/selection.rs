//! Going through the log, or through what is asked for of it, page by page: no snapshot is held for long, and no more than
//! a page is in memory.

use std::ops::ControlFlow;

use domain::StreamId;
use futures::TryStreamExt;
use sqlx::{PgConnection, query_as};
use uuid::Uuid;

use crate::{
    reader::LogReader,
    record::{Position, RecordedEvent},
};

/// A page ends after so many bytes of events, of which one may have 256 KiB.
const PAGE_BYTES: usize = 1 << 20;
/// Over how many positions a page goes; more where little is found in them.
const FIRST_STRETCH: Position = 1_000;
const LONGEST_STRETCH: Position = 50_000;
/// Events of a stream that are read at once.
const OF_A_STREAM: i64 = 500;

/// Which events are asked for; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// From this position on.
    pub from: Option<Position>,
    /// Up to this position.
    pub to: Option<Position>,
    /// Of this stream.
    pub stream: Option<StreamId>,
    /// Of this type.
    pub event_type: Option<String>,
    /// Of this correlation.
    pub correlation: Option<Uuid>,
}

impl Selection {
    /// Whether nothing is left out between the first and the last position.
    #[must_use]
    pub fn is_gapless(&self) -> bool {
        self.stream.is_none() && self.event_type.is_none() && self.correlation.is_none()
    }

    /// The position before the first.
    #[must_use]
    pub fn before(&self) -> Position {
        self.from.map_or(0, |from| from.max(1) - 1)
    }

    fn takes(&self, event: &RecordedEvent) -> bool {
        event.position > self.before()
            && self.to.is_none_or(|to| event.position <= to)
            && self.event_type.as_ref().is_none_or(|wanted| event.event_type == *wanted)
            && self
                .correlation
                .is_none_or(|wanted| event.metadata().is_ok_and(|metadata| metadata.correlation == wanted))
    }
}

/// What was found on the way to a position.
#[derive(Debug, Default)]
pub struct Page {
    /// In order.
    pub events: Vec<RecordedEvent>,
    /// Everything up to here was looked at.
    pub position: Position,
}

/// A way through the log. It may be gone on when the log has grown.
#[derive(Debug)]
pub struct Walk {
    log: LogReader,
    selection: Selection,
    position: Position,
    /// Of a stream, the last version that was read: its events lie far apart, and an index leads from one to the next.
    version: i64,
    stretch: Position,
}

impl Walk {
    /// A way through all that is selected.
    #[must_use]
    pub fn new(log: LogReader, selection: Selection) -> Self {
        let position = selection.before();
        Self { log, selection, position, version: 0, stretch: FIRST_STRETCH }
    }

    /// Everything up to here was looked at.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The next page, which may have no events; `None` once everything up to `head` was looked at.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s. The walk is then where it was.
    pub async fn next(&mut self, head: Position) -> Result<Option<Page>, sqlx::Error> {
        let until = self.selection.to.map_or(head, |to| to.min(head));
        if self.position >= until {
            return Ok(None);
        }
        let page = match self.selection.stream {
            Some(stream) => self.of_a_stream(stream, until).await?,
            None => self.of_a_stretch(until).await?,
        };
        self.position = page.position;
        Ok(Some(page))
    }

    async fn of_a_stream(&mut self, stream: StreamId, until: Position) -> Result<Page, sqlx::Error> {
        let mut events = self.log.stream(stream, self.version, OF_A_STREAM).await?;
        events.retain(|event| event.position <= until);
        let Some(last) = events.last() else { return Ok(Page { events, position: until }) };
        self.version = last.version;
        let position = last.position.max(self.position);
        events.retain(|event| self.selection.takes(event));
        Ok(Page { events, position })
    }

    async fn of_a_stretch(&mut self, until: Position) -> Result<Page, sqlx::Error> {
        let (after, selection) = (self.position, &self.selection);
        let to = until.min(after + self.stretch);
        let reading =
            self.log.read_enough(async |connection| selected(connection, selection, (after, to)).await);
        let (page, bytes) = reading.await?;
        self.stretch = if bytes > PAGE_BYTES / 2 { self.stretch / 2 } else { self.stretch * 2 };
        self.stretch = self.stretch.clamp(1, LONGEST_STRETCH);
        Ok(page)
    }
}

/// What is selected of a stretch, up to so many bytes; and how many it has.
async fn selected(
    connection: &mut PgConnection,
    selection: &Selection,
    (after, to): (Position, Position),
) -> Result<ControlFlow<(Page, usize), (Page, usize)>, sqlx::Error> {
    let mut page = Page { events: Vec::new(), position: to };
    let mut bytes = 0;
    let mut rows = query_as::<_, RecordedEvent>(include_str!("sql/read_selected.sql"))
        .bind(after)
        .bind(to)
        .bind(selection.event_type.as_deref())
        .bind(selection.correlation.map(|correlation| correlation.to_string()))
        .fetch(connection);
    while let Some(event) = rows.try_next().await? {
        bytes += event.data.len() + event.metadata.len() + event.stream_id.len();
        let position = event.position;
        page.events.push(event);
        if bytes >= PAGE_BYTES {
            page.position = position;
            return Ok(ControlFlow::Break((page, bytes)));
        }
    }
    Ok(ControlFlow::Continue((page, bytes)))
}
