//! Orders for one show, the write side alone, beside the row that counts seats in plain SQL.

use super::{Bench, ordering::Ordering};
use crate::{
    fallible::Fallible,
    floors,
    house::{Role, Rows, Running},
    load::Choice,
    results::Target,
};

const NAME: &str = "hot_show_writes";

/// Takes turns with the floor.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let floor = floors::HOT.ready(bench.site).await?;
    let mut ordering = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Hot);
    let duration = bench.args.seconds();
    for turn in 1..=bench.args.pairs() {
        let floor = floor.run(duration).await?;
        ordering.prepare(duration * 2).await?;
        let program = Running::serve(&ordering.house, Role::CommandApi).await?;
        let port = program.ports.command;
        let product = ordering.flood(port, duration).await?.accepted_per_second;
        let steady = ordering.steady(port, product, duration / 2).await?;
        program.stop().await?;
        bench.journal.turn(
            NAME,
            turn,
            [
                ("floor_per_second", floor),
                ("orders_per_second", product),
                ("ratio", product / floor),
                ("p50_ms", steady.quantile(0.5)),
                ("p99_ms", steady.quantile(0.99)),
            ],
        )?;
    }
    let acknowledged = &ordering.orders.acknowledged;
    ordering.house.audit(&mut bench.journal, NAME, acknowledged, Rows::Absent).await?;
    bench.journal.figure(NAME, "ratio", "×", Some(Target::AtLeast(10.0)))?;
    bench.journal.figure(NAME, "orders_per_second", "orders/s", None)?;
    bench.journal.figure(NAME, "floor_per_second", "/s", None)?;
    bench.journal.figure(NAME, "p50_ms", "ms", None)?;
    bench.journal.figure(NAME, "p99_ms", "ms", None)?;
    ordering.house.demolish().await
}
