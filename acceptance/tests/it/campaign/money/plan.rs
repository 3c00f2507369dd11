//! How much is bought, by whom, and how often somebody dies meanwhile.

use std::time::Duration;

use crate::campaign::plan::{number, seed};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) payments: usize,
    /// Customers who buy at the same time.
    pub(crate) customers: usize,
    /// Between two deaths, on average.
    pub(crate) pause: Duration,
}

impl Plan {
    pub(super) fn short() -> Self {
        Self { seed: seed(), payments: 500, customers: 8, pause: Duration::from_millis(600) }
    }

    /// `FAULTS_PAYMENTS`, `FAULTS_PAUSE` in seconds, `SEED`.
    pub(super) fn from_environment() -> Self {
        let payments = usize::try_from(number("FAULTS_PAYMENTS", 20_000)).unwrap();
        Self {
            payments,
            customers: 64,
            pause: Duration::from_secs(number("FAULTS_PAUSE", 3)),
            ..Self::short()
        }
    }
}
