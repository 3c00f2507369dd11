//! When a refusal is no accident any more.

use crate::error::{Accident, RelayError};

/// So many in a row, which takes some seconds, are no race with another relay and no leader that is about to change.
const TOO_MANY: u32 = 8;

/// The same failure again and again. Each attempt begins by asking where the stream ends, and goes on from there: if
/// what follows is refused time and again because the stream ends elsewhere, or if the end is never shown in full, NATS
/// contradicts itself.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    of: Option<Accident>,
    times: u32,
}

impl Refusals {
    /// What an attempt's end means, after those before it.
    pub(crate) fn weigh(&mut self, error: RelayError) -> RelayError {
        let accident = suspicion(&error);
        self.times = if accident.is_some() && self.of == accident { self.times + 1 } else { 1 };
        self.of = accident;
        match &self.of {
            Some(accident) if self.times >= TOO_MANY => accident.clone().into(),
            Some(_) | None => error,
        }
    }
}

/// What it would be if it went on.
fn suspicion(error: &RelayError) -> Option<Accident> {
    if let RelayError::OutOfStep { position, last } = *error {
        let ends = u64::try_from(position - 1).unwrap_or_default();
        return Some(Accident::Contradiction { last: ends, expected: last });
    }
    if let RelayError::Hidden { shown, of } = *error {
        return Some(Accident::Hidden { shown, of });
    }
    None
}

#[cfg(test)]
mod tests {
    use event_store::Position;

    use super::*;

    fn refused(position: Position, last: u64) -> RelayError {
        RelayError::OutOfStep { position, last }
    }

    fn stops(refusals: &mut Refusals, error: RelayError) -> bool {
        matches!(refusals.weigh(error), RelayError::Stopped(Accident::Contradiction { .. }))
    }

    #[test]
    fn the_same_refusal_time_and_again_is_a_contradiction() {
        let mut refusals = Refusals::default();
        let stopped: Vec<bool> = (0..10).map(|_| stops(&mut refusals, refused(8, 12))).collect();
        assert_eq!(stopped, [false, false, false, false, false, false, false, true, true, true]);
        let RelayError::Stopped(accident) = refusals.weigh(refused(8, 12)) else { panic!("it goes on") };
        assert_eq!(accident, Accident::Contradiction { last: 7, expected: 12 });
    }

    #[test]
    fn messages_that_are_never_shown_are_lost() {
        let mut refusals = Refusals::default();
        let last = (0..8).map(|_| refusals.weigh(RelayError::Hidden { shown: 368, of: 372 })).last().unwrap();
        assert!(matches!(last, RelayError::Stopped(Accident::Hidden { shown: 368, of: 372 })), "{last}");
    }

    #[test]
    fn a_stream_that_moves_is_another_relay_at_work() {
        let mut refusals = Refusals::default();
        assert!((0..100).all(|at| !stops(&mut refusals, refused(8 + at, 12 + at.unsigned_abs()))));
    }

    #[test]
    fn anything_else_in_between_begins_the_count_anew() {
        let mut refusals = Refusals::default();
        for _ in 0..20 {
            for _ in 0..7 {
                assert!(!stops(&mut refusals, refused(8, 12)));
            }
            let reason = "the connection was lost".to_owned();
            assert!(!stops(&mut refusals, RelayError::Doubt { position: 8, reason }));
        }
    }
}
