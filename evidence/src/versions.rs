//! Whether the versions of every stream follow each other, without keeping all streams in mind.
//!
//! Of the streams seen last the version is remembered; of any other the log is asked, many at a time, whether the
//! event before it in its stream lies before it in the log. That is enough: no version is given twice, because the
//! database has a unique index over them, so each event having its predecessor before it means that there is no gap.

use std::num::NonZeroUsize;

use event_store::{LogReader, Position, RawEvent, Successor};
use lru::LruCache;

/// A stream that is still written to is most likely among these: some ten megabytes.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(1 << 16).expect("it is not zero");
/// The program's own streams have shorter names; others are not remembered, so that memory stays bounded.
const LONGEST_NAME: usize = 128;
/// What is asked at once.
const ASKED_AT_ONCE: usize = 10_000;

#[derive(Debug)]
pub(crate) struct Versions {
    recent: LruCache<Box<[u8]>, i64>,
    /// What has to be asked.
    doubtful: Vec<Successor>,
}

impl Default for Versions {
    fn default() -> Self {
        Self { recent: LruCache::new(REMEMBERED), doubtful: Vec::new() }
    }
}

impl Versions {
    /// Whether the event can be the next of its stream, as far as is known yet.
    pub(crate) fn follow(&mut self, event: &RawEvent<'_>) -> bool {
        let (stream, version) = (event.fields.stream_id, event.fields.version);
        if let Some(known) = self.recent.get_mut(stream) {
            let follows = version.checked_sub(1) == Some(*known);
            *known = version;
            return follows;
        }
        if stream.len() <= LONGEST_NAME {
            self.recent.put(stream.into(), version);
        }
        if version != 1 {
            let stream_id = String::from_utf8_lossy(stream).into_owned();
            self.doubtful.push(Successor { stream_id, version, position: event.fields.position });
        }
        true
    }

    /// Asks the log about what is not known: the position of the first event without a predecessor.
    pub(crate) async fn settle(&mut self, log: &mut LogReader) -> Result<Option<Position>, sqlx::Error> {
        for doubtful in std::mem::take(&mut self.doubtful).chunks(ASKED_AT_ONCE) {
            if let Some(position) = log.unpreceded(doubtful).await? {
                return Ok(Some(position));
            }
        }
        Ok(None)
    }
}
