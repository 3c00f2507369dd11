//! Waiting longer after each failure, up to a bound.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

/// How long to wait before the next attempt.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    /// To be called when something worked.
    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }

    /// 50 ms after the first failure, twice as long after each more, at most 2 s.
    pub(crate) fn delay(&mut self) -> Duration {
        let delay = self.next;
        self.next = LONGEST.min(delay * 2);
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_wait_longer_up_to_two_seconds() {
        let mut backoff = Backoff::new();
        let delays: Vec<_> = (0..8).map(|_| backoff.delay().as_millis()).collect();
        assert_eq!(delays, [50, 100, 200, 400, 800, 1600, 2000, 2000]);
    }

    #[test]
    fn success_makes_the_next_wait_short_again() {
        let mut backoff = Backoff::new();
        backoff.delay();
        backoff.reset();
        assert_eq!(backoff.delay(), FIRST);
    }
}
