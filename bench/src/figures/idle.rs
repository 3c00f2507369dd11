//! What `serve all` takes while nothing happens, and how soon it is ready.

use std::time::Duration;

use tokio::time::sleep;

use super::{Bench, resources::Resources};
use crate::{
    fallible::Fallible,
    house::{House, Role, Running},
};

const IDLE: &str = "idle";
const START: &str = "start";
const EVENTS: i64 = 1_000_000;
/// Until it has come to rest.
const SETTLES_WITHIN: Duration = Duration::from_secs(3);

/// With an empty log, and with one of 1,000,000 events.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let duration = bench.args.seconds();
    let house = bench.site.house().await?;
    let program = Running::serve(&house, Role::All).await?;
    let empty = rest(&program, duration).await?;
    house.grow(bench.args.events(EVENTS)).await?;
    house.caught_up().await?;
    let kept_up = rest(&program, duration).await?;
    program.stop().await?;
    for turn in 1..=bench.args.pairs() {
        bench.journal.turn(START, turn, [("ready_ms", ready(&house).await?)])?;
    }
    let program = Running::serve(&house, Role::All).await?;
    let restarted = rest(&program, duration).await?;
    program.stop().await?;
    bench.journal.turn(
        IDLE,
        1,
        [
            ("memory_mib", empty.memory_mib),
            ("cpu_percent", empty.cpu_percent),
            ("kept_up_memory_mib", kept_up.memory_mib),
            ("kept_up_cpu_percent", kept_up.cpu_percent),
            ("restarted_memory_mib", restarted.memory_mib),
            ("restarted_cpu_percent", restarted.cpu_percent),
        ],
    )?;
    for state in ["", "kept_up_", "restarted_"] {
        bench.journal.figure(IDLE, &format!("{state}memory_mib"), "MiB", None)?;
        bench.journal.figure(IDLE, &format!("{state}cpu_percent"), "% of a core", None)?;
    }
    bench.journal.figure(START, "ready_ms", "ms", None)?;
    house.demolish().await
}

async fn rest(program: &Running, duration: Duration) -> Fallible<Resources> {
    sleep(SETTLES_WITHIN).await;
    Resources::over(program.pid()?, duration).await
}

/// From the start of the process until it says that it is ready.
async fn ready(house: &House<'_>) -> Fallible<f64> {
    let program = Running::serve(house, Role::All).await?;
    let ready = program.ready_after.as_secs_f64() * 1_000.0;
    program.stop().await?;
    Ok(ready)
}
