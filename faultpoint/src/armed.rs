//! What a program has that is built beside tests.

use std::{
    env, fs,
    io::{self, Write},
    path::PathBuf,
    process,
    sync::OnceLock,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::time::sleep;

use crate::{
    CLOCK, POINTS, Point, SABOTAGES, Sabotage,
    plan::{Action, Plan, Rule},
};

/// How often somebody who is held looks whether the file is gone.
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// What the program ends with when it does not understand what it is to do.
const MISUNDERSTOOD: i32 = 2;

/// Does here what the environment asks for. Where it asks for a failure, use [`pass`].
pub async fn reach(point: Point) {
    // A point that may not fail has no rule that says so.
    let _ = pass(point).await;
}

/// Does here what the environment asks for.
///
/// # Errors
/// The environment asks for one.
pub async fn pass(point: Point) -> io::Result<()> {
    for rule in plan().rules.iter().filter(|rule| rule.point == point) {
        if rule.trigger.fires() {
            act(rule).await?;
        }
    }
    Ok(())
}

/// Whether this guard is off, this time.
#[must_use]
pub fn sabotaged(sabotage: Sabotage) -> bool {
    plan().sabotages.iter().any(|(wanted, trigger)| *wanted == sabotage && trigger.fires())
}

/// By how much the program's clock is wrong at this moment. A file that is missing or holds no number makes it right.
#[must_use]
pub fn clock_skew_milliseconds() -> i64 {
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let file = FILE.get_or_init(|| env::var_os(CLOCK).map(PathBuf::from));
    let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
    text.and_then(|text| text.trim().parse().ok()).unwrap_or_default()
}

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let given = |name| env::var(name).unwrap_or_default();
        let (rules, sabotages) = (given(POINTS), given(SABOTAGES));
        if !rules.is_empty() || !sabotages.is_empty() {
            tracing::warn!(rules, sabotages, "armed");
        }
        Plan::parse(&rules, &sabotages).unwrap_or_else(|error| {
            let _ = writeln!(io::stderr(), "{POINTS}, {SABOTAGES}: {error}");
            process::exit(MISUNDERSTOOD)
        })
    })
}

async fn act(rule: &Rule) -> io::Result<()> {
    let (point, action) = (rule.point.name(), &rule.action);
    tracing::warn!(point, ?action, "a point was reached");
    match action {
        Action::Kill => signal(Signal::SIGKILL),
        Action::Stop => signal(Signal::SIGSTOP),
        Action::Pause(time) => {
            sleep(*time).await;
            Ok(())
        }
        Action::Hold(file) => {
            while file.exists() {
                sleep(LOOK_EVERY).await;
            }
            Ok(())
        }
        Action::Panic => explode(point),
        Action::Fail => Err(io::Error::other(format!("made to fail at {point}"))),
    }
}

fn signal(signal: Signal) -> io::Result<()> {
    kill(Pid::this(), signal).map_err(io::Error::from)
}

#[expect(clippy::panic, reason = "a test asks for it")]
fn explode(point: &str) -> ! {
    panic!("made to panic at {point}")
}
