//! What came back.

use std::{collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;

use crate::fallible::Fallible;

/// Latencies are kept in microseconds, up to a minute, to three digits.
const LONGEST: u64 = 60_000_000;

/// What came back.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Latencies of the answers that counted, by status; 0 stands for a connection that broke.
    by_status: BTreeMap<u16, Histogram<u64>>,
    /// Answers with 2xx a second.
    pub(crate) accepted_per_second: f64,
    /// Of all answers, from the moment a request was due.
    latency: Histogram<u64>,
}

impl Outcome {
    pub(crate) fn new() -> Fallible<Self> {
        let latency = Histogram::new_with_max(LONGEST, 3)?;
        Ok(Self { by_status: BTreeMap::new(), accepted_per_second: 0.0, latency })
    }

    pub(super) fn count(&mut self, status: u16, latency: Duration) {
        let latency = u64::try_from(latency.as_micros()).unwrap_or(LONGEST);
        let empty = || Histogram::new_from(&self.latency);
        self.by_status.entry(status).or_insert_with(empty).saturating_record(latency);
        self.latency.saturating_record(latency);
    }

    pub(super) fn finish(&mut self, seconds: f64) {
        let accepted: u64 = self.by_status.range(200..300).map(|(_, answers)| answers.len()).sum();
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
            .map(|(status, answers)| format!("{} × {status}", answers.len()))
            .collect();
        (!odd.is_empty()).then(|| odd.join(", "))
    }

    /// How many answers were not 2xx, or did not come.
    pub(crate) fn failed(&self) -> u64 {
        let refused = self.by_status.iter().filter(|(status, _)| !(200..300).contains(*status));
        refused.map(|(_, answers)| answers.len()).sum()
    }

    /// How many answers of a status counted.
    pub(crate) fn count_of(&self, status: u16) -> u64 {
        self.by_status.get(&status).map_or(0, Histogram::len)
    }

    /// A quantile of one status' latencies, in milliseconds; 0 if there were none.
    pub(crate) fn quantile_of(&self, status: u16, quantile: f64) -> f64 {
        self.by_status.get(&status).map_or(0.0, |latency| milliseconds(latency, quantile))
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
