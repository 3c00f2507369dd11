//! Orders that go on while processes have much to do.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    fallible::Fallible,
    load::{self, CONNECTIONS, Orders, Outcome, Schedule},
};

/// Orders a second.
const RATE: f64 = 200.0;
/// For how long they are looked at.
pub(super) const LOOKED_AT: Duration = Duration::from_secs(10);

/// From now on; those count that are answered from a moment on.
pub(super) async fn orders(orders: &mut Orders<'_>, port: u16, from: Instant) -> Fallible<Outcome> {
    let warm_up = from.saturating_duration_since(Instant::now());
    let schedule = || Schedule::new(RATE, warm_up, LOOKED_AT);
    let outcome = load::run(port, CONNECTIONS, schedule, orders).await?;
    match outcome.unexpected(&[]) {
        Some(odd) => Err(format!("not all orders were accepted: {odd}").into()),
        None => Ok(outcome),
    }
}
