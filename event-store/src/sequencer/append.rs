//! What a batch appends, column by column, as one statement takes it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::NewEvent;
use faultpoint::{Sabotage, sabotaged};
use sqlx::PgConnection;
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
        let inserted = sqlx::query(include_str!("../sql/append.sql"))
            .bind(&self.positions)
            .bind(&self.streams)
            .bind(&self.versions)
            .bind(&self.event_ids)
            .bind(&self.types)
            .bind(&self.data)
            .bind(&self.metadata)
            .bind(&self.hashes)
            .bind(self.tail.recorded_at)
            .bind(&self.command_ids)
            .bind(&self.fingerprints)
            .bind(&self.answers)
            .bind(&self.answer_positions)
            .execute(connection)
            .await?
            .rows_affected();
        if usize::try_from(inserted) == Ok(self.len()) {
            Ok(())
        } else {
            Err(sqlx::Error::Protocol(format!("{inserted} events were inserted instead of {}", self.len())))
        }
    }
}
