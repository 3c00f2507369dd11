//! Waiting for processes to have done what is due.

use std::time::Duration;

use sqlx::PgConnection;
use tokio::time::{Instant, sleep};

use crate::fallible::Fallible;

const LOOK_EVERY: Duration = Duration::from_millis(50);
const WITHIN: Duration = Duration::from_mins(10);

/// Waits until a count in the database is zero; when that was.
pub(super) async fn none(connection: &mut PgConnection, count: &'static str) -> Fallible<Instant> {
    let begun = Instant::now();
    while begun.elapsed() < WITHIN {
        let left: i64 = sqlx::query_scalar(count).fetch_one(&mut *connection).await?;
        if left == 0 {
            return Ok(Instant::now());
        }
        sleep(LOOK_EVERY).await;
    }
    Err("processes do not come to an end".into())
}
