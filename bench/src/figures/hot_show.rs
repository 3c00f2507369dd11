//! Orders for one show for a minute, with everything running: relay, projections and processes keep up beside it.

use super::{Bench, ordering::Ordering};
use crate::{
    fallible::Fallible,
    floors,
    house::{Role, Rows, Running},
    load::Choice,
    results::Target,
};

const NAME: &str = "hot_show";

/// Takes turns with the floor.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let floor = floors::HOT.ready(bench.site).await?;
    let mut ordering = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Hot);
    for turn in 1..=bench.args.pairs() {
        let floor = floor.run(bench.args.seconds()).await?;
        ordering.prepare(bench.args.long()).await?;
        let program = Running::serve(&ordering.house, Role::All).await?;
        let outcome = ordering.flood(program.ports.command, bench.args.long()).await?;
        let drained = ordering.house.caught_up().await?;
        program.stop().await?;
        let product = outcome.accepted_per_second;
        bench.journal.turn(
            NAME,
            turn,
            [
                ("floor_per_second", floor),
                ("orders_per_second", product),
                ("ratio", product / floor),
                ("drained_s", drained.as_secs_f64()),
            ],
        )?;
    }
    let acknowledged = &ordering.orders.acknowledged;
    ordering.house.audit(&mut bench.journal, NAME, acknowledged, Rows::CaughtUp).await?;
    bench.journal.figure(NAME, "ratio", "×", Some(Target::AtLeast(5.0)))?;
    bench.journal.figure(NAME, "orders_per_second", "orders/s", None)?;
    bench.journal.figure(NAME, "floor_per_second", "/s", None)?;
    bench.journal.figure(NAME, "drained_s", "s", Some(Target::AtMost(10.0)))?;
    ordering.house.demolish().await
}
