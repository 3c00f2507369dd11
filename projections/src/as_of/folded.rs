//! Folding streams from their first event, some at a time.

use std::collections::HashMap;

use domain::StreamId;
use event_store::{Position, RecordedEvent, Streams, events_after};
use sqlx::PgConnection;

use super::Halted;
use crate::{fold::step, happened::Happened, read_model::ReadModel};

/// Events read at once of each stream.
const PAGE: i64 = 100;

/// Rows as they were.
#[derive(Debug)]
pub(super) struct Folded<R> {
    pub(super) rows: HashMap<StreamId, R>,
    /// Entities with an event that can't be applied: queries for them were refused, too.
    pub(super) halted: HashMap<StreamId, Halted>,
}

impl<R> Folded<R> {
    fn new() -> Self {
        Self { rows: HashMap::new(), halted: HashMap::new() }
    }

    fn apply<M: ReadModel<Row = R>>(&mut self, event: &RecordedEvent, tidy: &mut impl FnMut(&mut R)) {
        let concerned = event.stream().ok().and_then(|stream| Some((stream, M::entity(stream)?)));
        let Some((stream, entity)) = concerned.filter(|(_, entity)| !self.halted.contains_key(entity)) else {
            return;
        };
        let happened = Happened::decode(event.glimpse(), stream).map_err(|error| error.to_string());
        let row = self.rows.remove(&entity);
        match happened.and_then(|happened| step::<M>(row, &happened).map_err(|misfit| misfit.0)) {
            Ok(mut row) => {
                tidy(&mut row);
                self.rows.insert(entity, row);
            }
            Err(reason) => {
                let entity_name = entity.to_string();
                let halted = Halted { entity: entity_name, position: event.position, reason };
                self.halted.insert(entity, halted);
            }
        }
    }
}

/// Entities of one stream each. `tidy` sees each row after each event, and may take out of it what grows.
pub(super) async fn fold<M: ReadModel>(
    connection: &mut PgConnection,
    entities: &[StreamId],
    until: Position,
    mut tidy: impl FnMut(&mut M::Row),
) -> Result<Folded<M::Row>, sqlx::Error> {
    let mut folded = Folded::new();
    let mut wanted: Vec<(StreamId, i64)> = entities.iter().map(|entity| (*entity, 0)).collect();
    while !wanted.is_empty() {
        let page = events_after(connection, &wanted, until, PAGE).await?;
        let mut read: HashMap<&str, (i64, i64)> = HashMap::new();
        for event in &page {
            folded.apply::<M>(event, &mut tidy);
            let (count, version) = read.entry(&event.stream_id).or_default();
            (*count, *version) = (*count + 1, event.version);
        }
        let goes_on = |(stream, _): (StreamId, i64)| {
            let (count, version) = *read.get(stream.to_string().as_str())?;
            (count == PAGE).then_some((stream, version))
        };
        wanted = wanted.into_iter().filter_map(goes_on).collect();
    }
    Ok(folded)
}

/// An entity of several streams, in the order of the log.
pub(super) async fn fold_together<M: ReadModel>(
    connection: &mut PgConnection,
    streams: impl IntoIterator<Item = StreamId>,
    until: Position,
) -> Result<Folded<M::Row>, sqlx::Error> {
    let mut folded = Folded::new();
    let mut reading = Streams::new(streams, until);
    while let Some(event) = reading.next(connection).await? {
        folded.apply::<M>(&event, &mut |_| {});
    }
    Ok(folded)
}
