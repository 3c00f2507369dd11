//! Orders for one show beside three plain rows of events in a transaction.

use super::{Bench, ordering::Ordering};
use crate::{
    fallible::Fallible,
    floors,
    house::{Role, Rows, Running},
    load::Choice,
    results::Target,
};

const NAME: &str = "append";

/// Takes turns with the floor.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let floor = floors::APPEND.ready(bench.site).await?;
    let mut ordering = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Hot);
    let duration = bench.args.seconds();
    for turn in 1..=bench.args.pairs() {
        let floor = floor.run(duration).await?;
        ordering.prepare(duration).await?;
        let program = Running::serve(&ordering.house, Role::CommandApi).await?;
        let product = ordering.flood(program.ports.command, duration).await?.accepted_per_second;
        program.stop().await?;
        let values =
            [("floor_per_second", floor), ("orders_per_second", product), ("ratio", product / floor)];
        bench.journal.turn(NAME, turn, values)?;
    }
    let acknowledged = &ordering.orders.acknowledged;
    ordering.house.audit(&mut bench.journal, NAME, acknowledged, Rows::Absent).await?;
    bench.journal.figure(NAME, "ratio", "×", Some(Target::AtLeast(0.7)))?;
    bench.journal.figure(NAME, "orders_per_second", "orders/s", None)?;
    bench.journal.figure(NAME, "floor_per_second", "/s", None)?;
    ordering.house.demolish().await
}
