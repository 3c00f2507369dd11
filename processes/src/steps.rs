//! Steps that wait: which are due, and what becomes of those that were performed.

use chrono::{DateTime, TimeDelta, Utc};
use faultpoint::{Sabotage, sabotaged};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::process::{Performed, Step};

/// How often a step that fails is tried before it is parked, and the longest pause in between: half an hour in all.
const FAILING: Budget = Budget { attempts: 12, longest_pause: TimeDelta::minutes(5) };
/// The same where somebody else's service is away: most of a day in all. Once it is back, it is found within half a minute.
///
/// That is no promise that providers still know the keys of the first try, which they forget after a day: each try takes
/// time itself, operators have what is parked tried again, and a program may be off for a week. So no step relies on it.
/// A charge that is not new is looked for instead of repeated, whichever try it is (`charging::REPEATABLE`); a refund is
/// looked for each time; to call off what is called off already does nothing.
const AWAY: Budget = Budget { attempts: 2_880, longest_pause: TimeDelta::seconds(30) };
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

/// When the next step is due after a moment, if any waits.
pub(crate) async fn next_due(
    connection: &mut PgConnection,
    process: &str,
    after: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/next_due.sql")).bind(process).bind(after).fetch_one(connection).await
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

/// How long a step is tried in vain.
struct Budget {
    attempts: i32,
    longest_pause: TimeDelta,
}

impl Budget {
    /// Why a step is not tried again, if it is not.
    fn is_used_up(&self, times: i32, reason: &str) -> Option<String> {
        (times >= self.attempts).then(|| reason.to_owned())
    }
}

/// Whether a step is parked if it fails this time.
pub(crate) const fn is_last_try(step: &Step) -> bool {
    step.attempts.saturating_add(1) >= FAILING.attempts
}

/// When a step is tried again, or why it is not.
struct Next {
    due_at: DateTime<Utc>,
    attempts: i32,
    outages: i32,
    parked: Option<String>,
    progress: Option<String>,
}

impl Next {
    /// What comes after a try at `now`; nothing if the step is done.
    fn after(step: &Step, outcome: &Performed, now: DateTime<Utc>) -> Option<Self> {
        match outcome {
            Performed::Done => None,
            Performed::NotBefore(due_at) => Some(Self::new_budget(*due_at)),
            Performed::InHand(due_at) => Some(Self { attempts: step.attempts, ..Self::new_budget(*due_at) }),
            Performed::Partly { progress, next } => {
                Some(Self { progress: Some(progress.clone()), ..Self::new_budget(*next) })
            }
            Performed::Unavailable => {
                let due_at = now + TimeDelta::seconds(UNAVAILABLE_PAUSE_SECONDS);
                let Step { attempts, outages, .. } = *step;
                Some(Self { attempts, outages, ..Self::new_budget(due_at) })
            }
            Performed::Away { reason, for_at_least } => {
                let wanted = for_at_least.and_then(|pause| TimeDelta::from_std(pause).ok());
                let outages = step.outages.saturating_add(1);
                let pause = pause(step.target, outages, AWAY.longest_pause);
                let pause = pause.max(wanted.unwrap_or_default().min(AWAY.longest_pause));
                let parked = AWAY.is_used_up(outages, reason);
                Some(Self { attempts: step.attempts, outages, parked, ..Self::new_budget(now + pause) })
            }
            Performed::Failed(_) if sabotaged(Sabotage::RetryForEver) => {
                Some(Self { attempts: step.attempts, ..Self::new_budget(step.due_at) })
            }
            Performed::Failed(reason) => {
                let attempts = step.attempts.saturating_add(1);
                let due_at = now + pause(step.target, attempts, FAILING.longest_pause);
                let parked = FAILING.is_used_up(attempts, reason);
                if parked.is_some() && sabotaged(Sabotage::DropWhatFails) {
                    return None;
                }
                Some(Self { attempts, outages: step.outages, parked, ..Self::new_budget(due_at) })
            }
        }
    }

    fn new_budget(due_at: DateTime<Utc>) -> Self {
        Self { due_at, attempts: 0, outages: 0, parked: None, progress: None }
    }

    fn log(&self, process: &str, step: &Step, outcome: &Performed) {
        let (target, name) = (step.target, step.step.as_str());
        let (Performed::Failed(reason) | Performed::Away { reason, .. }) = outcome else { return };
        if self.parked.is_some() {
            tracing::error!(process, %target, step = name, reason, "a step failed too often and is parked");
        } else {
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
        .bind(postponed.iter().map(|(_, next)| next.outages).collect::<Vec<_>>())
        .bind(postponed.iter().map(|(_, next)| next.parked.as_deref()).collect::<Vec<_>>())
        .bind(postponed.iter().map(|(_, next)| next.progress.as_deref()).collect::<Vec<_>>())
        .execute(connection)
        .await
        .map(|_| ())
}

/// Doubles from 1 s to `longest`; less up to a quarter, so that what failed together does not come again together. How
/// much less follows from target and try.
fn pause(target: Uuid, times: i32, longest: TimeDelta) -> TimeDelta {
    let doubled = TimeDelta::seconds(1_i64 << (times - 1).clamp(0, 30)).min(longest);
    doubled - doubled * spread(target, times) / 4_000
}

/// 0 to 999, evenly, and another one for every try.
fn spread(target: Uuid, times: i32) -> i32 {
    // The last half of an id is random; the product carries each of its bits to the upper ones.
    let random = target.as_u64_pair().1.wrapping_add(u64::from(times.unsigned_abs()));
    let mixed = (random ^ (random >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    i32::try_from((mixed >> 32) % 1_000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn step(target: u128, attempts: i32, outages: i32) -> Step {
        let (target, cause) = (Uuid::from_u128(target), Uuid::nil());
        Step { target, step: "charge".to_owned(), cause, due_at: NOW, attempts, outages }
    }

    fn away(for_at_least: Option<Duration>) -> Performed {
        Performed::Away { reason: "503".to_owned(), for_at_least }
    }

    /// How long a step that always ends alike is tried, how often, and the longest pause.
    fn tried(target: u128, outcome: &Performed) -> (TimeDelta, i32, TimeDelta) {
        let (mut now, mut longest) = (NOW, TimeDelta::zero());
        let (mut attempts, mut outages) = (0, 0);
        loop {
            let next = Next::after(&step(target, attempts, outages), outcome, now).unwrap();
            (attempts, outages) = (next.attempts, next.outages);
            if next.parked.is_some() {
                return (now - NOW, attempts + outages, longest);
            }
            assert!(next.due_at > now);
            longest = longest.max(next.due_at - now);
            now = next.due_at;
        }
    }

    #[test]
    fn what_fails_is_parked_within_half_an_hour() {
        for target in 0..50 {
            let (time, tries, longest) = tried(target, &Performed::Failed("declined".to_owned()));
            assert_eq!(tries, 12);
            assert!(time > TimeDelta::minutes(10) && time < TimeDelta::minutes(30), "{time}");
            assert!(longest <= TimeDelta::minutes(5), "{longest}");
        }
    }

    #[test]
    fn whoever_is_away_is_waited_for_a_day_and_found_within_half_a_minute() {
        let (time, tries, longest) = tried(7, &away(None));
        assert_eq!(tries, 2_880);
        assert!(time > TimeDelta::hours(17) && time < TimeDelta::hours(24), "{time}");
        assert!(longest <= TimeDelta::seconds(30), "{longest}");
    }

    #[test]
    fn whoever_asks_to_be_left_alone_is_for_half_a_minute_at_most() {
        let due = |seconds| {
            let outcome = away(Some(Duration::from_secs(seconds)));
            (Next::after(&step(1, 0, 0), &outcome, NOW).unwrap().due_at - NOW).num_seconds()
        };
        assert_eq!((due(10), due(3_600)), (10, 30));
    }

    #[test]
    fn what_failed_together_comes_again_apart() {
        for times in [1, 2, 7] {
            let targets = (1..=1_000).map(|number| Uuid::from_u128(number << 20));
            let pauses: Vec<i64> = targets
                .map(|target| pause(target, times, FAILING.longest_pause).num_milliseconds())
                .collect();
            let quarter = pauses.iter().max().unwrap() / 4;
            for tenth in 0..10 {
                let from = pauses.iter().min().unwrap() + quarter * tenth / 10;
                let within = pauses.iter().filter(|pause| (from..=from + quarter / 10).contains(*pause));
                assert!((50..=150).contains(&within.count()), "try {times}: {pauses:?}");
            }
        }
    }

    #[test]
    fn an_outage_uses_up_nothing_of_what_a_failure_may_cost() {
        let failed = Next::after(&step(1, 3, 900), &Performed::Failed("no".to_owned()), NOW).unwrap();
        assert_eq!((failed.attempts, failed.outages, failed.parked), (4, 900, None));
        let away = Next::after(&step(1, 3, 900), &away(None), NOW).unwrap();
        assert_eq!((away.attempts, away.outages, away.parked), (3, 901, None));
        let ours = Next::after(&step(1, 3, 900), &Performed::Unavailable, NOW).unwrap();
        assert_eq!((ours.attempts, ours.outages), (3, 900));
    }

    #[test]
    fn what_fails_again_whenever_somebody_had_it_in_hand_is_parked_all_the_same() {
        let failed = Performed::Failed("the card has expired".to_owned());
        let mut attempts = 0;
        for _ in 1..12 {
            let next = Next::after(&step(1, attempts, 0), &failed, NOW).unwrap();
            assert_eq!(next.parked, None);
            let next = Next::after(&step(1, next.attempts, 9), &Performed::InHand(NOW), NOW).unwrap();
            assert_eq!((next.outages, next.parked), (0, None));
            attempts = next.attempts;
        }
        assert!(Next::after(&step(1, attempts, 0), &failed, NOW).unwrap().parked.is_some());
    }

    #[test]
    fn whoever_was_answered_begins_a_new_budget() {
        let partly = Performed::Partly { progress: "5 orders are left".to_owned(), next: NOW };
        let next = Next::after(&step(1, 9, 9), &partly, NOW).unwrap();
        assert_eq!(
            (next.attempts, next.outages, next.progress.as_deref()),
            (0, 0, Some("5 orders are left"))
        );
        let later = Next::after(&step(1, 9, 9), &Performed::NotBefore(NOW), NOW).unwrap();
        assert_eq!((later.attempts, later.outages), (0, 0));
    }
}
