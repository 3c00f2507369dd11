//! What a batch appends, column by column, as one statement takes it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::NewEvent;
use faultpoint::{Sabotage, sabotaged};
use sqlx::{Arguments, PgConnection, error::BoxDynError, postgres::PgArguments};
use uuid::Uuid;

use super::Context;
use crate::{
    canonical,
    clock::new_id,
    record::{Hash, HashColumn, Metadata, Position, RecordedEvent},
};

/// The end of the log as this sequencer knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    pub(super) position: Position,
    pub(super) hash: Hash,
    pub(super) recorded_at: DateTime<Utc>,
}

/// Events and remembered commands, in columns.
pub(super) struct Appendix {
    pub(super) tail: Tail,
    positions: Vec<Position>,
    streams: Vec<String>,
    versions: Vec<i64>,
    event_ids: Vec<Uuid>,
    types: Vec<String>,
    data: Vec<String>,
    metadata: Vec<String>,
    hashes: Vec<Vec<u8>>,
    command_ids: Vec<Uuid>,
    fingerprints: Vec<Vec<u8>>,
    answers: Vec<String>,
    answer_positions: Vec<Position>,
}

/// By what a batch is recognised in the log when the answer to its commit was lost.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trace {
    Event { position: Position, event_id: Uuid, hash: Hash },
    Command(Uuid),
}

impl Appendix {
    pub(super) fn after(tail: Tail) -> Self {
        Self {
            tail,
            positions: Vec::new(),
            streams: Vec::new(),
            versions: Vec::new(),
            event_ids: Vec::new(),
            types: Vec::new(),
            data: Vec::new(),
            metadata: Vec::new(),
            hashes: Vec::new(),
            command_ids: Vec::new(),
            fingerprints: Vec::new(),
            answers: Vec::new(),
            answer_positions: Vec::new(),
        }
    }

    /// Gives an event the next position and chains it to the one before.
    pub(super) fn event(&mut self, event: NewEvent, context: &Context, correlation: Uuid) {
        let metadata = Metadata {
            schema: event.schema,
            actor: context.actor,
            correlation,
            causation: context.causation,
            command_id: context.command_id,
            traceparent: context.traceparent.clone(),
        }
        .to_json();
        let position = self.tail.position + 1;
        let (event_id, stream_id) = (new_id(), event.stream.to_string());
        let version = i64::try_from(event.version).unwrap_or(i64::MAX);
        let fields = canonical::Fields {
            position,
            stream_id: &stream_id,
            version,
            event_id,
            event_type: &event.event_type,
            recorded_at: self.tail.recorded_at,
            data: &event.data,
            metadata: &metadata,
        };
        let previous = if sabotaged(Sabotage::ChainBroken) { canonical::GENESIS } else { self.tail.hash };
        self.tail.hash = canonical::hash(&previous, &fields);
        self.tail.position = position;
        self.positions.push(position);
        self.streams.push(stream_id);
        self.versions.push(version);
        self.event_ids.push(event_id);
        self.types.push(event.event_type);
        self.data.push(event.data);
        self.metadata.push(metadata);
        self.hashes.push(self.tail.hash.to_vec());
    }

    /// Remembers a command's answer.
    pub(super) fn command(&mut self, command_id: Uuid, fingerprint: &[u8; 32], answer: String) {
        self.command_ids.push(command_id);
        self.fingerprints.push(fingerprint.to_vec());
        self.answers.push(answer);
        self.answer_positions.push(self.tail.position);
    }

    pub(super) fn len(&self) -> usize {
        self.positions.len()
    }

    /// The events, as they lie in the log once this is committed.
    pub(super) fn into_events(self) -> impl Iterator<Item = Arc<RecordedEvent>> {
        let recorded_at = self.tail.recorded_at;
        let texts = self.types.into_iter().zip(self.data).zip(self.metadata).zip(self.hashes);
        let names = self.positions.into_iter().zip(self.streams).zip(self.versions).zip(self.event_ids);
        names.zip(texts).filter_map(move |((((position, stream_id), version), event_id), text)| {
            let (((event_type, data), metadata), hash) = text;
            let hash = HashColumn::try_from(hash).ok()?;
            let event = RecordedEvent {
                position,
                stream_id,
                version,
                event_id,
                event_type,
                data,
                metadata,
                recorded_at,
                hash,
            };
            Some(Arc::new(event))
        })
    }

    /// How this batch can be recognised later; `None` if it writes nothing.
    pub(super) fn trace(&self) -> Option<Trace> {
        match (self.event_ids.last(), self.command_ids.last()) {
            (Some(&event_id), _) => {
                Some(Trace::Event { position: self.tail.position, event_id, hash: self.tail.hash })
            }
            (None, Some(&command_id)) => Some(Trace::Command(command_id)),
            (None, None) => None,
        }
    }

    /// Writes everything with one statement.
    pub(super) async fn insert(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let arguments = self.arguments().map_err(sqlx::Error::Encode)?;
        let insert = sqlx::query_with(include_str!("../sql/append.sql"), arguments);
        let inserted = insert.execute(connection).await?.rows_affected();
        if usize::try_from(inserted) == Ok(self.len()) {
            Ok(())
        } else {
            Err(sqlx::Error::Protocol(format!("{inserted} events were inserted instead of {}", self.len())))
        }
    }

    /// In room that is made at once: a batch has hundreds of kilobytes, and growing into them would copy them again and
    /// again.
    fn arguments(&self) -> Result<PgArguments, BoxDynError> {
        let mut arguments = PgArguments::default();
        arguments.reserve(14, self.bytes());
        arguments.add(&self.positions)?;
        arguments.add(&self.streams)?;
        arguments.add(&self.versions)?;
        arguments.add(&self.event_ids)?;
        arguments.add(&self.types)?;
        arguments.add(&self.data)?;
        arguments.add(&self.metadata)?;
        arguments.add(&self.hashes)?;
        arguments.add(self.tail.recorded_at)?;
        arguments.add(&self.command_ids)?;
        arguments.add(&self.fingerprints)?;
        arguments.add(&self.answers)?;
        arguments.add(&self.answer_positions)?;
        Ok(arguments)
    }

    /// How much is sent, roughly: texts, what has a fixed size, and the length of each.
    fn bytes(&self) -> usize {
        const EVENT: usize = 160;
        const COMMAND: usize = 96;
        const ARRAYS: usize = 512;
        let texts = [&self.streams, &self.types, &self.data, &self.metadata, &self.answers];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        texts + self.positions.len() * EVENT + self.command_ids.len() * COMMAND + ARRAYS
    }
}
