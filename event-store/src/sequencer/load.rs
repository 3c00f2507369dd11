//! Loading the states that a batch needs and the cache lacks; under no lock.

use std::{
    collections::{HashMap, HashSet},
    panic::{AssertUnwindSafe, catch_unwind},
};

use domain::{State, States, StoredEvent, StreamId, Versioned};
use futures::TryStreamExt;
use sqlx::{FromRow, PgConnection};

use super::{cache::Cache, job::Job};
use crate::record::schema_of;

/// A payment names its order, the order its show: what is needed is known after a few looks.
const ROUNDS: usize = 4;

/// Loads until no job names a stream that is missing. A stream whose history can't be read stays missing, and fails
/// the operations that need it.
pub(super) async fn load_for(
    jobs: &[Box<dyn Job>],
    cache: &mut Cache,
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    for _ in 0..ROUNDS {
        let named: HashSet<StreamId> = jobs.iter().flat_map(|job| named(job.as_ref(), cache)).collect();
        let missing: HashSet<StreamId> = named.into_iter().filter(|stream| !cache.touch(*stream)).collect();
        if missing.is_empty() {
            break;
        }
        load(&missing.into_iter().collect::<Vec<_>>(), cache, connection).await?;
    }
    Ok(())
}

/// What a job names. One that panics names nothing; it will fail when it is run.
pub(super) fn named(job: &dyn Job, known: &dyn States) -> Vec<StreamId> {
    catch_unwind(AssertUnwindSafe(|| job.streams(known))).unwrap_or_default()
}

#[derive(FromRow)]
struct SnapshotRow {
    stream_id: String,
    version: i64,
    schema: i16,
    state: String,
}

#[derive(FromRow)]
struct EventRow {
    stream_id: String,
    version: i64,
    #[sqlx(rename = "type")]
    event_type: String,
    data: String,
    metadata: String,
}

struct Loading {
    stream: StreamId,
    versioned: Versioned,
    snapshot: u64,
}

async fn load(
    streams: &[StreamId],
    cache: &mut Cache,
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    let names: Vec<String> = streams.iter().map(StreamId::to_string).collect();
    let snapshots: Vec<SnapshotRow> = sqlx::query_as(include_str!("../sql/load_snapshots.sql"))
        .bind(&names)
        .fetch_all(&mut *connection)
        .await?;
    let mut loading: HashMap<String, Loading> =
        names.into_iter().zip(streams).map(|(name, &stream)| (name, Loading::new(stream))).collect();
    for row in snapshots {
        if let Some(entry) = loading.get_mut(&row.stream_id) {
            entry.restore(&row);
        }
    }
    let (names, versions): (Vec<&str>, Vec<i64>) = loading
        .iter()
        .map(|(name, entry)| (name.as_str(), i64::try_from(entry.versioned.version).unwrap_or(i64::MAX)))
        .unzip();
    let names: Vec<String> = names.into_iter().map(ToOwned::to_owned).collect();
    let mut rows = sqlx::query_as::<_, EventRow>(include_str!("../sql/load_streams.sql"))
        .bind(&names)
        .bind(&versions)
        .fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let unreadable = loading.get_mut(&row.stream_id).and_then(|entry| entry.apply(&row).err());
        if let Some(error) = unreadable {
            tracing::error!(stream = row.stream_id, version = row.version, %error, "a stream can't be read");
            loading.remove(&row.stream_id);
        }
    }
    for entry in loading.into_values() {
        cache.put_loaded(entry.stream, entry.versioned, entry.snapshot);
    }
    Ok(())
}

impl Loading {
    fn new(stream: StreamId) -> Self {
        Self { stream, versioned: Versioned::empty(stream.category()), snapshot: 0 }
    }

    /// A snapshot of another shape, or one that can't be read, is as good as none.
    fn restore(&mut self, row: &SnapshotRow) {
        if row.schema != State::snapshot_schema(self.stream.category()) {
            return;
        }
        let (Ok(state), Ok(version)) = (serde_json::from_str(&row.state), u64::try_from(row.version)) else {
            return;
        };
        self.versioned = Versioned { version, state };
        self.snapshot = version;
    }

    fn apply(&mut self, row: &EventRow) -> Result<(), String> {
        let schema = schema_of(&row.metadata).map_err(|error| error.to_string())?;
        let stored = StoredEvent { event_type: &row.event_type, schema, data: &row.data };
        self.versioned.state.evolve(stored).map_err(|error| error.to_string())?;
        self.versioned.version = u64::try_from(row.version).map_err(|error| error.to_string())?;
        Ok(())
    }
}
