//! What was read of the log a moment ago, for all processes of a program: most events concern none of them, and each
//! would else read all.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use event_store::{Position, RecordedEvent};
use uuid::Uuid;

/// How many events are kept.
const EVENTS: usize = 4_000;

/// The events that were read last. Cheap to clone; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Readings(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    log_id: Option<Uuid>,
    /// The position before the first event.
    before: Position,
    events: VecDeque<Arc<RecordedEvent>>,
}

impl Kept {
    fn end(&self) -> Position {
        self.before + Position::try_from(self.events.len()).unwrap_or(Position::MAX)
    }
}

impl Readings {
    /// The next events of a log after a position, at most `limit`; none if the first of them is not kept.
    pub(crate) fn after(&self, log_id: Uuid, after: Position, limit: usize) -> Vec<Arc<RecordedEvent>> {
        let kept = self.lock();
        match usize::try_from(after - kept.before) {
            Ok(known) if kept.log_id == Some(log_id) => {
                kept.events.iter().skip(known).take(limit).cloned().collect()
            }
            Ok(_) | Err(_) => vec![],
        }
    }

    /// Keeps events that were read after a position, unless newer ones are kept already.
    pub(crate) fn keep(&self, log_id: Uuid, after: Position, events: &[Arc<RecordedEvent>]) {
        let Some(last) = events.last() else { return };
        let mut kept = self.lock();
        let same = kept.log_id == Some(log_id);
        if same && last.position <= kept.end() {
            return;
        }
        if !same || after < kept.before || after > kept.end() {
            *kept = Kept { log_id: Some(log_id), before: after, events: VecDeque::new() };
        }
        let end = kept.end();
        kept.events.extend(events.iter().filter(|event| event.position > end).cloned());
        while kept.events.len() > EVENTS {
            kept.events.pop_front();
            kept.before += 1;
        }
    }

    /// Keeps nothing: the log is not what was read.
    pub(crate) fn forget(&self) {
        *self.lock() = Kept::default();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use event_store::HashColumn;

    use super::*;

    const LOG: Uuid = Uuid::from_u128(1);

    fn events(positions: std::ops::RangeInclusive<Position>) -> Vec<Arc<RecordedEvent>> {
        let event = |position| {
            Arc::new(RecordedEvent {
                position,
                stream_id: "order-x".into(),
                version: 1,
                event_id: Uuid::nil(),
                event_type: "OrderPlaced".into(),
                data: "{}".into(),
                metadata: "{}".into(),
                recorded_at: DateTime::UNIX_EPOCH,
                hash: HashColumn([0; 32]),
            })
        };
        positions.map(event).collect()
    }

    fn after(readings: &Readings, position: Position) -> Vec<Position> {
        readings.after(LOG, position, 1_000).iter().map(|event| event.position).collect()
    }

    #[test]
    fn what_one_process_read_the_others_need_not_read() {
        let readings = Readings::default();
        readings.keep(LOG, 10, &events(11..=15));
        assert_eq!(after(&readings, 10), [11, 12, 13, 14, 15]);
        assert_eq!(after(&readings, 13), [14, 15]);
        assert_eq!(readings.after(LOG, 10, 2).len(), 2);
        assert!(after(&readings, 9).is_empty(), "10 was not read");
        assert!(after(&readings, 15).is_empty() && after(&readings, 20).is_empty());
        assert!(readings.after(Uuid::nil(), 12, 10).is_empty(), "of another log nothing is known");
    }

    #[test]
    fn readings_that_overlap_or_follow_become_one() {
        let readings = Readings::default();
        readings.keep(LOG, 10, &events(11..=15));
        readings.keep(LOG, 13, &events(14..=18));
        readings.keep(LOG, 18, &events(19..=20));
        assert_eq!(after(&readings, 10), (11..=20).collect::<Vec<_>>());
    }

    #[test]
    fn whoever_is_far_behind_does_not_take_the_newest_away_and_a_hole_is_never_bridged() {
        let readings = Readings::default();
        readings.keep(LOG, 100, &events(101..=105));
        readings.keep(LOG, 10, &events(11..=15));
        assert_eq!(after(&readings, 100), (101..=105).collect::<Vec<_>>());
        readings.keep(LOG, 200, &events(201..=203));
        assert!(after(&readings, 104).is_empty());
        assert_eq!(after(&readings, 200), [201, 202, 203]);
        readings.keep(Uuid::nil(), 0, &events(1..=3));
        assert!(after(&readings, 200).is_empty(), "the log is another one");
    }

    #[test]
    fn only_so_many_are_kept() {
        let readings = Readings::default();
        let all = Position::try_from(EVENTS).unwrap() + 10;
        readings.keep(LOG, 0, &events(1..=all));
        assert!(after(&readings, 9).is_empty());
        assert_eq!(after(&readings, 10).first(), Some(&11));
    }
}
