//! Whether the versions of every stream follow each other, without keeping all streams in mind.
//!
//! Of the streams seen last the version is remembered; of any other the log is asked, many at a time, whether the
//! event before it in its stream lies before it in the log. That is enough: no version is given twice, because the
//! database has a unique index over them, so each event having its predecessor before it means that there is no gap.

use std::hash::{BuildHasher, RandomState};

use event_store::{LogReader, Position, RawEvent, Successor};

/// Places for streams: 4 MiB, taken once. A stream that is still written to is most likely among them.
const PLACES: usize = 1 << 16;
/// The program's own streams have shorter names; others are not remembered.
const LONGEST_NAME: usize = 55;
/// What is asked at once.
const ASKED_AT_ONCE: usize = 10_000;

#[derive(Debug)]
pub(crate) struct Versions {
    /// Each stream has one place, from which the next one that has it drives it away.
    recent: Box<[Place]>,
    places: RandomState,
    /// What has to be asked.
    doubtful: Vec<Successor>,
}

/// A stream, and the version of its last event; nobody at version 0.
#[derive(Debug, Clone, Copy)]
struct Place {
    version: i64,
    length: u8,
    name: [u8; LONGEST_NAME],
}

impl Place {
    const FREE: Self = Self { version: 0, length: 0, name: [0; LONGEST_NAME] };

    fn of(stream: &[u8], version: i64) -> Option<Self> {
        let mut place = Self { version, length: u8::try_from(stream.len()).ok()?, ..Self::FREE };
        place.name.get_mut(..stream.len())?.copy_from_slice(stream);
        Some(place)
    }

    fn is_of(&self, stream: &[u8]) -> bool {
        self.version != 0 && self.name.get(..usize::from(self.length)) == Some(stream)
    }
}

impl Default for Versions {
    fn default() -> Self {
        let recent = vec![Place::FREE; PLACES].into_boxed_slice();
        Self { recent, places: RandomState::new(), doubtful: Vec::new() }
    }
}

impl Versions {
    /// Whether the event can be the next of its stream, as far as is known yet.
    pub(crate) fn follow(&mut self, event: &RawEvent<'_>) -> bool {
        let (stream, version) = (event.fields.stream_id, event.fields.version);
        let known = self.remember(stream, version);
        match known {
            Some(known) => known.checked_add(1) == Some(version),
            None if version == 1 => true,
            None => {
                let stream_id = String::from_utf8_lossy(stream).into_owned();
                self.doubtful.push(Successor { stream_id, version, position: event.fields.position });
                true
            }
        }
    }

    /// Remembers it; the version that was known before.
    fn remember(&mut self, stream: &[u8], version: i64) -> Option<i64> {
        let hash = usize::try_from(self.places.hash_one(stream) % PLACES as u64).unwrap_or(0);
        let (place, next) = (self.recent.get_mut(hash)?, Place::of(stream, version)?);
        let before = std::mem::replace(place, next);
        before.is_of(stream).then_some(before.version)
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

#[cfg(test)]
mod tests {
    use event_store::canonical::RawFields;

    use super::*;

    fn follows(versions: &mut Versions, stream: &str, version: i64) -> bool {
        let (stream_id, rest) = (stream.as_bytes(), b"{}".as_slice());
        let fields = RawFields {
            position: 1,
            stream_id,
            version,
            event_id: [0; 16],
            event_type: rest,
            recorded_at: 0,
            data: rest,
            metadata: rest,
        };
        versions.follow(&RawEvent { fields, hash: &[] })
    }

    #[test]
    fn what_is_remembered_is_judged_at_once_and_what_is_not_is_asked() {
        let mut versions = Versions::default();
        let long = "x".repeat(LONGEST_NAME + 1);
        for (stream, version) in [("a", 1), ("a", 2), ("b", 7), ("b", 8), (&long, 1), (&long, 2)] {
            assert!(follows(&mut versions, stream, version), "{stream} {version}");
        }
        let asked: Vec<(&str, i64)> =
            versions.doubtful.iter().map(|event| (event.stream_id.as_str(), event.version)).collect();
        assert_eq!(asked, [("b", 7), (long.as_str(), 2)]);
        for (stream, version) in [("a", 4), ("b", 8), ("b", i64::MIN)] {
            assert!(!follows(&mut versions, stream, version), "{stream} {version}");
        }
    }

    #[test]
    fn whoever_drives_another_away_is_not_taken_for_it() {
        let mut versions = Versions::default();
        for number in 0..200_000 {
            assert!(follows(&mut versions, &format!("order-{number}"), 1));
        }
        // It is still remembered, and refused; or, most likely, forgotten, and to be asked.
        let accepted = follows(&mut versions, "order-0", 9);
        assert_eq!(accepted, versions.doubtful.len() == 1);
    }
}
