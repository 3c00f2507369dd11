//! When requests are due.

use std::time::Duration;

use tokio::time::Instant;

/// More than anything serves.
const FLOOD: f64 = 1_000_000.0;

/// So many a second, evenly; answers count after the warm-up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    begin: Instant,
    rate: f64,
    warm_up: Duration,
    measured: Duration,
    /// Ends after so many, whenever that is.
    requests: Option<u64>,
}

impl Schedule {
    /// From now on, for so long.
    pub(crate) fn new(rate: f64, warm_up: Duration, measured: Duration) -> Self {
        Self { begin: Instant::now(), rate, warm_up, measured, requests: None }
    }

    /// Far more than is served: with a bounded number in flight, this shows how much is.
    pub(crate) fn flood(warm_up: Duration, measured: Duration) -> Self {
        Self::new(FLOOD, warm_up, measured)
    }

    /// So many requests, of which none is left out, however late it comes.
    pub(crate) fn of(requests: u64, rate: f64) -> Self {
        Self { requests: Some(requests), ..Self::new(rate, Duration::ZERO, Duration::from_hours(1)) }
    }

    /// When a request is due, if it is due before the end.
    pub(crate) fn due(&self, number: u64) -> Option<Instant> {
        #[expect(clippy::cast_precision_loss, reason = "a run has far fewer requests than 2^52")]
        let after = Duration::from_secs_f64(number as f64 / self.rate);
        let end = self.warm_up + self.measured;
        let more = match self.requests {
            Some(requests) => number < requests,
            None => after < end && self.begin.elapsed() < end,
        };
        more.then(|| self.begin + after)
    }

    /// Whether what happens at this moment counts.
    pub(crate) fn counts(&self, moment: Instant) -> bool {
        let from = self.begin + self.warm_up;
        (from..from + self.measured).contains(&moment)
    }

    /// How long it counts, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.measured.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn requests_are_due_evenly_and_none_after_the_end() {
        let schedule = Schedule::new(100.0, SECOND, SECOND * 2);
        let begin = schedule.due(0).unwrap();
        assert_eq!(schedule.due(150).unwrap() - begin, Duration::from_millis(1_500));
        assert!(schedule.due(299).is_some());
        assert!(schedule.due(300).is_none());
    }

    #[test]
    fn the_warm_up_does_not_count() {
        let schedule = Schedule::new(100.0, SECOND, SECOND * 2);
        let counts = |milliseconds| schedule.counts(schedule.begin + Duration::from_millis(milliseconds));
        assert_eq!([999, 1_000, 2_999, 3_000].map(counts), [false, true, true, false]);
    }

    #[test]
    fn a_flood_ends_in_time_however_few_were_served() {
        let mut schedule = Schedule::flood(Duration::ZERO, SECOND);
        assert!(schedule.due(1).is_some());
        schedule.begin -= SECOND;
        assert!(schedule.due(1).is_none());
    }

    #[test]
    fn a_counted_schedule_ends_after_so_many_however_late() {
        let mut schedule = Schedule::of(10, 5.0);
        schedule.begin -= SECOND * 60;
        assert!(schedule.due(9).is_some());
        assert!(schedule.due(10).is_none());
    }
}
