//! Orders over 1,000 shows, the write side alone, beside the same in plain SQL.

use super::{Bench, ordering::Ordering};
use crate::{
    fallible::Fallible,
    floors,
    house::{Role, Rows, Running},
    load::Choice,
    results::Target,
};

const NAME: &str = "cold_shows";

/// Takes turns with the floor.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let floor = floors::COLD.ready(bench.site).await?;
    let mut ordering = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Cold);
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
    bench.journal.figure(NAME, "ratio", "×", Some(Target::AtLeast(1.5)))?;
    bench.journal.figure(NAME, "orders_per_second", "orders/s", None)?;
    bench.journal.figure(NAME, "floor_per_second", "/s", None)?;
    ordering.house.demolish().await
}
