//! States at hand: those of the streams that were used last, within a bound of memory.

use domain::{State, States, StoredEvent, StreamId, Versioned};
use faultpoint::{Sabotage, sabotaged};
use lru::LruCache;

use crate::record::RecordedEvent;

/// What a cached state costs beyond its own weight: the entry, its key, its place in the list.
const ENTRY_BYTES: usize = 160;

struct Entry {
    versioned: Versioned,
    /// The version of the newest snapshot written or asked for.
    snapshot: u64,
}

pub(super) struct Cache {
    entries: LruCache<StreamId, Entry>,
    bytes: usize,
    limit: usize,
}

impl Cache {
    pub(super) fn new(limit: usize) -> Self {
        Self { entries: LruCache::unbounded(), bytes: 0, limit }
    }

    /// Whether the state is at hand; if so, it now counts as just used.
    pub(super) fn touch(&mut self, stream: StreamId) -> bool {
        self.entries.get(&stream).is_some()
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }

    /// Puts in a state that was loaded, with the version of the snapshot it was loaded from.
    pub(super) fn put_loaded(&mut self, stream: StreamId, versioned: Versioned, snapshot: u64) {
        self.put(stream, Entry { versioned, snapshot });
    }

    /// Puts in a state that was committed.
    pub(super) fn put_committed(&mut self, stream: StreamId, versioned: Versioned) {
        let snapshot = self.entries.peek(&stream).map_or(0, |entry| entry.snapshot);
        self.put(stream, Entry { versioned, snapshot });
    }

    /// Applies what another writer appended: the next version is applied, an older one skipped; a state that missed
    /// one, or can't read it, is dropped and will be loaded again.
    pub(super) fn apply(&mut self, event: &RecordedEvent) {
        let Ok(stream) = event.stream() else { return };
        let Some(entry) = self.entries.pop(&stream) else { return };
        self.bytes -= weight(&entry.versioned.state);
        if let Some(versioned) = advance(entry.versioned, event) {
            self.put(stream, Entry { versioned, snapshot: entry.snapshot });
        }
    }

    /// The state, if it has grown enough since its last snapshot that a new one pays.
    ///
    /// The distance doubles with the stream, so that the work of all its snapshots is that of the last one twice.
    pub(super) fn due_snapshot(&self, stream: StreamId) -> Option<Versioned> {
        let entry = self.entries.peek(&stream)?;
        let due = 2 * entry.snapshot + 1_000;
        (entry.versioned.version >= due).then(|| entry.versioned.clone())
    }

    /// Notes that a snapshot of this version is on its way.
    pub(super) fn snapshot_taken(&mut self, stream: StreamId, version: u64) {
        if let Some(entry) = self.entries.peek_mut(&stream) {
            entry.snapshot = version;
        }
    }

    /// Drops what was used longest ago until the rest fits. Not while a batch needs what it loaded.
    pub(super) fn shrink(&mut self) {
        while self.bytes > self.limit {
            let Some((_, entry)) = self.entries.pop_lru() else { return };
            self.bytes -= weight(&entry.versioned.state);
        }
    }

    fn put(&mut self, stream: StreamId, entry: Entry) {
        self.bytes += weight(&entry.versioned.state);
        if let Some(old) = self.entries.put(stream, entry) {
            self.bytes -= weight(&old.versioned.state);
        }
    }
}

impl States for Cache {
    fn get(&self, stream: StreamId) -> Option<&Versioned> {
        self.entries.peek(&stream).map(|entry| &entry.versioned)
    }
}

fn weight(state: &State) -> usize {
    ENTRY_BYTES + state.weight()
}

fn advance(mut versioned: Versioned, event: &RecordedEvent) -> Option<Versioned> {
    let version = u64::try_from(event.version).ok()?;
    if version <= versioned.version {
        return Some(versioned);
    }
    if version > versioned.version + 1 {
        return None;
    }
    let stored: StoredEvent<'_> = event.stored().ok()?;
    if !sabotaged(Sabotage::StaleDecide) {
        versioned.state.evolve(stored).ok()?;
    }
    versioned.version = version;
    Some(versioned)
}
