//! Following the log from event to event.

use chrono::{DateTime, Utc};
use faultpoint::{Sabotage, sabotaged};

use crate::{
    canonical::GENESIS,
    record::{Hash, Position, RecordedEvent},
};

/// How far the log was followed: what comes next must follow from this, or it is another log's, or this one's before it
/// was restored to an older state and grew again. Numbers alone don't say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    position: Position,
    hash: Hash,
    latest: DateTime<Utc>,
}

/// Where events don't follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An event is missing, or comes a second time.
    #[error("after position {after} comes {found}")]
    Place {
        /// The last position that was in its place.
        after: Position,
        /// What came next.
        found: Position,
    },
    /// The event is not what was recorded, or does not continue what was.
    #[error("the hash at position {0} is not that of the events up to it")]
    Hash(Position),
    /// The event is said to be older than the one before.
    #[error("time runs backwards at position {0}")]
    Time(Position),
}

impl Default for Chain {
    /// Before the first event.
    fn default() -> Self {
        Self::after(0, GENESIS)
    }
}

impl Chain {
    /// After a position, whose hash vouches for all before it.
    #[must_use]
    pub const fn after(position: Position, hash: Hash) -> Self {
        Self { position, hash, latest: DateTime::<Utc>::MIN_UTC }
    }

    /// The last position.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// Its hash.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// Goes on with the next event, unless it does not follow.
    ///
    /// # Errors
    /// See [`Broken`]; the chain is then where it was.
    pub fn follow(&mut self, event: &RecordedEvent) -> Result<(), Broken> {
        if event.position != self.position + 1 {
            return Err(Broken::Place { after: self.position, found: event.position });
        }
        if !self.is_continued_by(event) {
            return Err(Broken::Hash(event.position));
        }
        if event.recorded_at < self.latest {
            return Err(Broken::Time(event.position));
        }
        *self = Self { position: event.position, hash: event.hash.0, latest: event.recorded_at };
        Ok(())
    }

    /// Whether the event's hash is that of its content after this.
    #[must_use]
    pub fn is_continued_by(&self, event: &RecordedEvent) -> bool {
        event.hash.0 == event.expected_hash(&self.hash) || sabotaged(Sabotage::FollowAnything)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::record::HashColumn;

    fn event(position: Position, at: i64, previous: &Hash) -> RecordedEvent {
        let mut event = RecordedEvent {
            position,
            stream_id: "order-x".into(),
            version: position,
            event_id: Uuid::nil(),
            event_type: "OrderPlaced".into(),
            data: "{}".into(),
            metadata: "{}".into(),
            recorded_at: DateTime::from_timestamp_micros(at).unwrap(),
            hash: HashColumn([0; 32]),
        };
        event.hash = HashColumn(event.expected_hash(previous));
        event
    }

    #[test]
    fn events_follow_by_position_hash_and_time() {
        let first = event(1, 10, &GENESIS);
        let mut chain = Chain::default();
        chain.follow(&first).unwrap();
        assert_eq!(chain.follow(&first), Err(Broken::Place { after: 1, found: 1 }));
        assert_eq!(chain.follow(&event(3, 10, &first.hash.0)), Err(Broken::Place { after: 1, found: 3 }));
        assert_eq!(chain.follow(&event(2, 10, &GENESIS)), Err(Broken::Hash(2)));
        assert_eq!(chain.follow(&event(2, 9, &first.hash.0)), Err(Broken::Time(2)));
        let second = event(2, 10, &first.hash.0);
        assert_eq!(
            chain.follow(&RecordedEvent { data: "[]".into(), ..second.clone() }),
            Err(Broken::Hash(2))
        );
        chain.follow(&second).unwrap();
        assert_eq!((chain.position(), chain.hash()), (2, second.hash.0));
    }
}
