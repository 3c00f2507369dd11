//! What came back.

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;

use crate::fallible::Fallible;

/// Latencies are kept in microseconds, up to a minute, to three digits.
const LONGEST: u64 = 60_000_000;

/// What came back.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Answers that counted, by status; 0 stands for a connection that broke.
    pub(crate) by_status: BTreeMap<u16, u64>,
    /// Answers with 2xx a second.
    pub(crate) accepted_per_second: f64,
    /// From the moment a request was due.
    pub(crate) latency: Histogram<u64>,
}

impl Outcome {
    pub(crate) fn new() -> Fallible<Self> {
        let latency = Histogram::new_with_max(LONGEST, 3)?;
        Ok(Self { by_status: BTreeMap::new(), accepted_per_second: 0.0, latency })
    }

    pub(super) fn count(&mut self, status: u16, latency: Duration) {
        *self.by_status.entry(status).or_default() += 1;
        self.latency.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(LONGEST));
    }

    pub(super) fn finish(&mut self, seconds: f64) {
        let accepted: u64 = self.by_status.range(200..300).map(|(_, count)| count).sum();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let accepted = accepted as f64;
        self.accepted_per_second = accepted / seconds;
    }

    /// The answers that were neither 2xx nor expected, in words; `None` if there were none.
    pub(crate) fn unexpected(&self, expected: &[u16]) -> Option<String> {
        let odd = |status: u16| !(200..300).contains(&status) && !expected.contains(&status);
        let odd: Vec<String> = self
            .by_status
            .iter()
            .filter(|&(&status, _)| odd(status))
            .map(|(status, count)| format!("{count} × {status}"))
            .collect();
        (!odd.is_empty()).then(|| odd.join(", "))
    }

    /// A quantile of the latencies, in milliseconds.
    pub(crate) fn quantile(&self, quantile: f64) -> f64 {
        milliseconds(&self.latency, quantile)
    }
}

/// A quantile of a histogram of microseconds, in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "at most a minute")]
pub(crate) fn milliseconds(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    histogram.value_at_quantile(quantile) as f64 / 1_000.0
}
