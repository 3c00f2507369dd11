//! When requests are due.

use std::time::Duration;

use tokio::time::Instant;

/// So many a second, evenly, from a beginning to an end; answers count after the warm-up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    begin: Instant,
    rate: f64,
    warm_up: Duration,
    measured: Duration,
}

impl Schedule {
    /// From now on.
    pub(crate) fn new(rate: f64, warm_up: Duration, measured: Duration) -> Self {
        Self { begin: Instant::now(), rate, warm_up, measured }
    }

    /// Far more than is served: with a bounded number in flight, this shows how much is.
    pub(crate) fn flood(warm_up: Duration, measured: Duration) -> Self {
        Self::new(1_000_000.0, warm_up, measured)
    }

    /// When a request is due, if it is due before the end.
    pub(crate) fn due(&self, number: u64) -> Option<Instant> {
        #[expect(clippy::cast_precision_loss, reason = "a run has far fewer requests than 2^52")]
        let after = Duration::from_secs_f64(number as f64 / self.rate);
        let flooded = self.begin + self.warm_up + self.measured <= Instant::now();
        (after < self.warm_up + self.measured && !flooded).then(|| self.begin + after)
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

    #[tokio::test(start_paused = true)]
    async fn requests_are_due_evenly_and_none_after_the_end() {
        let schedule = Schedule::new(100.0, Duration::from_secs(1), Duration::from_secs(2));
        let begin = schedule.due(0).unwrap();
        assert_eq!(schedule.due(150).unwrap() - begin, Duration::from_millis(1_500));
        assert!(schedule.due(299).is_some());
        assert!(schedule.due(300).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_warm_up_does_not_count() {
        let schedule = Schedule::new(100.0, Duration::from_secs(1), Duration::from_secs(2));
        let at = |milliseconds| schedule.begin + Duration::from_millis(milliseconds);
        assert_eq!(
            [999, 1_000, 2_999, 3_000].map(|moment| schedule.counts(at(moment))),
            [false, true, true, false]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_ends_in_time_however_few_were_served() {
        let schedule = Schedule::flood(Duration::ZERO, Duration::from_secs(2));
        assert!(schedule.due(1).is_some());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(schedule.due(2).is_none());
    }
}
