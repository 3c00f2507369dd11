//! Steps that wait: which are due, and what becomes of those that were performed.

use chrono::{DateTime, TimeDelta, Utc};
use faultpoint::{Sabotage, sabotaged};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::process::{Performed, Step};

/// Steps tried in vain this often are parked.
const MAX_ATTEMPTS: i32 = 12;
/// The longest pause between two tries, in seconds.
const MAX_PAUSE_SECONDS: i64 = 300;
/// The pause after a try that failed because an engine was away, in seconds.
const UNAVAILABLE_PAUSE_SECONDS: i64 = 1;

/// The steps that are due at `now`, oldest first, at most `limit`.
pub(crate) async fn due(
    connection: &mut PgConnection,
    process: &str,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Step>, sqlx::Error> {
    let due: Vec<Step> = sqlx::query_as(include_str!("sql/due.sql"))
        .bind(process)
        .bind(now)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await?;
    if sabotaged(Sabotage::DoneBeforePerformed) {
        finish(connection, process, &due.iter().collect::<Vec<_>>()).await?;
    }
    Ok(due)
}

/// When the next step is due, if any waits.
pub(crate) async fn next_due(
    connection: &mut PgConnection,
    process: &str,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/next_due.sql")).bind(process).fetch_one(connection).await
}

/// How many steps are not tried again by themselves.
pub(crate) async fn parked(connection: &mut PgConnection, process: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/parked.sql")).bind(process).fetch_one(connection).await
}

/// Records how steps ended: done ones are removed, others get their next time, and what failed too often is parked.
/// A step that was dropped meanwhile stays dropped, and one that another event led to meanwhile stays as it is.
pub(crate) async fn settle(
    connection: &mut PgConnection,
    process: &str,
    now: DateTime<Utc>,
    performed: &[(Step, Performed)],
) -> Result<(), sqlx::Error> {
    let (mut done, mut postponed) = (Vec::new(), Vec::new());
    for (step, outcome) in performed {
        match Next::after(step, outcome, now) {
            None => done.push(step),
            Some(next) => {
                next.log(process, step, outcome);
                postponed.push((step, next));
            }
        }
    }
    postpone(connection, process, &postponed).await?;
    finish(connection, process, &done).await
}

/// When a step is tried again, or why it is not.
struct Next {
    due_at: DateTime<Utc>,
    attempts: i32,
    parked: Option<String>,
}

impl Next {
    /// What comes after a try at `now`; nothing if the step is done.
    fn after(step: &Step, outcome: &Performed, now: DateTime<Utc>) -> Option<Self> {
        let uncounted = |due_at| Some(Self { due_at, attempts: step.attempts, parked: None });
        match outcome {
            Performed::Done => None,
            Performed::NotBefore(due_at) => uncounted(*due_at),
            Performed::Unavailable => uncounted(now + TimeDelta::seconds(UNAVAILABLE_PAUSE_SECONDS)),
            Performed::Failed(_) if sabotaged(Sabotage::RetryForEver) => uncounted(step.due_at),
            Performed::Failed(reason) => {
                let attempts = step.attempts + 1;
                let parked = (attempts >= MAX_ATTEMPTS).then(|| reason.clone());
                if parked.is_some() && sabotaged(Sabotage::DropWhatFails) {
                    return None;
                }
                Some(Self { due_at: now + pause(step.target, attempts), attempts, parked })
            }
        }
    }

    fn log(&self, process: &str, step: &Step, outcome: &Performed) {
        let (target, name) = (step.target, step.step.as_str());
        if let Some(reason) = &self.parked {
            tracing::error!(process, %target, step = name, reason, "a step failed too often and is parked");
        } else if let Performed::Failed(reason) = outcome {
            tracing::warn!(process, %target, step = name, reason, "a step failed; it is tried again");
        }
    }
}

async fn finish(connection: &mut PgConnection, process: &str, done: &[&Step]) -> Result<(), sqlx::Error> {
    if done.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("sql/finish.sql"))
        .bind(process)
        .bind(done.iter().map(|step| step.target).collect::<Vec<Uuid>>())
        .bind(done.iter().map(|step| step.step.as_str()).collect::<Vec<_>>())
        .bind(done.iter().map(|step| step.cause).collect::<Vec<Uuid>>())
        .execute(connection)
        .await
        .map(|_| ())
}

async fn postpone(
    connection: &mut PgConnection,
    process: &str,
    postponed: &[(&Step, Next)],
) -> Result<(), sqlx::Error> {
    if postponed.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("sql/postpone.sql"))
        .bind(process)
        .bind(postponed.iter().map(|(step, _)| step.target).collect::<Vec<Uuid>>())
        .bind(postponed.iter().map(|(step, _)| step.step.as_str()).collect::<Vec<_>>())
        .bind(postponed.iter().map(|(step, _)| step.cause).collect::<Vec<Uuid>>())
        .bind(postponed.iter().map(|(_, next)| next.due_at).collect::<Vec<_>>())
        .bind(postponed.iter().map(|(_, next)| next.attempts).collect::<Vec<_>>())
        .bind(postponed.iter().map(|(_, next)| next.parked.as_deref()).collect::<Vec<_>>())
        .execute(connection)
        .await
        .map(|_| ())
}

/// Doubles from 1 s, to a bound; less up to a quarter, so that what failed together does not come again together. How
/// much less follows from target and try.
fn pause(target: Uuid, attempts: i32) -> TimeDelta {
    let doubled = 1_i64 << (attempts - 1).clamp(0, 30);
    let longest = TimeDelta::seconds(doubled.min(MAX_PAUSE_SECONDS));
    longest - longest * spread(target, attempts) / 4_000
}

/// 0 to 999, evenly, and another one for every try.
fn spread(target: Uuid, attempts: i32) -> i32 {
    // The last half of an id is random; the product carries each of its bits to the upper ones.
    let random = target.as_u64_pair().1.wrapping_add(u64::from(attempts.unsigned_abs()));
    let mixed = (random ^ (random >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    i32::try_from((mixed >> 32) % 1_000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses(attempts: i32) -> Vec<i64> {
        let targets = (1..=1_000).map(|number| Uuid::from_u128(number << 20));
        targets.map(|target| pause(target, attempts).num_milliseconds()).collect()
    }

    #[test]
    fn pauses_double_up_to_five_minutes_and_are_never_shorter_by_more_than_a_quarter() {
        for (attempts, longest) in [(1, 1_000), (2, 2_000), (9, 256_000), (10, 300_000), (1_000, 300_000)] {
            let pauses = pauses(attempts);
            assert!(pauses.iter().all(|pause| (longest * 3 / 4..=longest).contains(pause)), "{pauses:?}");
        }
    }

    #[test]
    fn what_failed_together_comes_again_apart() {
        for attempts in [1, 2, 7] {
            let pauses = pauses(attempts);
            let quarter = pauses.iter().max().unwrap() / 4;
            for tenth in 0..10 {
                let from = pauses.iter().min().unwrap() + quarter * tenth / 10;
                let within = pauses.iter().filter(|pause| (from..=from + quarter / 10).contains(*pause));
                assert!((50..=150).contains(&within.count()), "try {attempts}: {pauses:?}");
            }
        }
    }

    #[test]
    fn the_same_try_waits_as_long_whoever_makes_it_and_another_one_differently() {
        let target = Uuid::from_u128(0x0199_f3c1_0000_7000_8000_1234_5678_9abc);
        assert_eq!(pause(target, 3), pause(target, 3));
        assert_ne!(pause(target, 10), pause(target, 11));
    }
}
