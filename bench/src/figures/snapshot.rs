//! Whether somebody's long snapshot, a backup say, slows orders down. One house has one open, another has not; they
//! take turns for as long as it stays open.

use std::time::{Duration, Instant};

use sqlx::Executor;
use tokio::time::sleep;

use super::{Bench, ordering::Ordering};
use crate::{
    fallible::Fallible,
    house::{Role, Rows, Running},
    load::Choice,
    results::Target,
};

const NAME: &str = "snapshot";
const BURST: Duration = Duration::from_secs(5);
/// Between bursts read models catch up.
const PAUSE: Duration = Duration::from_secs(5);

/// Takes turns for as long as the snapshot is to stay open.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let mut free = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Hot);
    let mut held = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Hot);
    let free_program = Running::serve(&free.house, Role::All).await?;
    let held_program = Running::serve(&held.house, Role::All).await?;
    let mut holder = held.house.superuser().await?;
    holder.execute("begin isolation level repeatable read").await?;
    holder.execute("select count(*) from commands").await?;
    let begun = Instant::now();
    let mut turn = 0;
    while begun.elapsed() < bench.args.snapshot() {
        turn += 1;
        free.prepare(BURST).await?;
        held.prepare(BURST).await?;
        let without = free.flood(free_program.ports.command, BURST).await?.accepted_per_second;
        sleep(PAUSE).await;
        let with = held.flood(held_program.ports.command, BURST).await?.accepted_per_second;
        sleep(PAUSE).await;
        let values = [("without_per_second", without), ("with_per_second", with), ("ratio", with / without)];
        bench.journal.turn(NAME, turn, values)?;
    }
    holder.execute("rollback").await?;
    bench.journal.figure(NAME, "ratio", "×", Some(Target::AtLeast(0.9)))?;
    for (ordering, program) in [(free, free_program), (held, held_program)] {
        ordering.house.caught_up().await?;
        program.stop().await?;
        let acknowledged = &ordering.orders.acknowledged;
        ordering.house.audit(&mut bench.journal, NAME, acknowledged, Rows::CaughtUp).await?;
        ordering.house.demolish().await?;
    }
    Ok(())
}
