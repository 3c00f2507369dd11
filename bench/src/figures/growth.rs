//! Whether a long log costs more: appends and visibility at 5,000,000 events beside 100,000.

use super::{Bench, buffers, ordering::Ordering, seeing};
use crate::{
    fallible::Fallible,
    house::{Role, Rows, Running},
    load::{Choice, milliseconds},
};

const NAME: &str = "growth";
const SHORT: i64 = 100_000;
const LONG: i64 = 5_000_000;

/// What an order costs in one house.
struct Cost {
    per_second: f64,
    buffers: f64,
    visible_p99_ms: f64,
}

/// The two take turns.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let mut short = house(bench, bench.args.events(SHORT)).await?;
    let mut long = house(bench, bench.args.events(LONG)).await?;
    for turn in 1..=bench.args.turns() {
        let few = cost(bench, &mut short).await?;
        let many = cost(bench, &mut long).await?;
        bench.journal.turn(
            NAME,
            turn,
            [
                ("short_per_second", few.per_second),
                ("long_per_second", many.per_second),
                ("rate_ratio", many.per_second / few.per_second),
                ("short_buffers", few.buffers),
                ("long_buffers", many.buffers),
                ("buffers_ratio", many.buffers / few.buffers),
                ("short_visible_p99_ms", few.visible_p99_ms),
                ("long_visible_p99_ms", many.visible_p99_ms),
            ],
        )?;
    }
    for (value, unit) in [
        ("short_per_second", "orders/s"),
        ("long_per_second", "orders/s"),
        ("rate_ratio", "×"),
        ("short_buffers", "buffers an order"),
        ("long_buffers", "buffers an order"),
        ("buffers_ratio", "×"),
        ("short_visible_p99_ms", "ms"),
        ("long_visible_p99_ms", "ms"),
    ] {
        bench.journal.figure(NAME, value, unit, None)?;
    }
    for ordering in [short, long] {
        // The orders that made the log long were acknowledged to nobody.
        let all = ordering.house.orders_in_log().await?;
        ordering.house.audit(&mut bench.journal, NAME, &all, Rows::CaughtUp).await?;
        ordering.house.demolish().await?;
    }
    Ok(())
}

/// A house with so long a log, which its read models have caught up with.
async fn house<'a>(bench: &Bench<'a>, events: i64) -> Fallible<Ordering<'a>> {
    let ordering = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Hot);
    ordering.house.grow(events).await?;
    let program = Running::serve(&ordering.house, Role::All).await?;
    ordering.house.caught_up().await?;
    program.stop().await?;
    Ok(ordering)
}

async fn cost(bench: &Bench<'_>, ordering: &mut Ordering<'_>) -> Fallible<Cost> {
    let duration = bench.args.seconds();
    ordering.prepare(duration * 2).await?;
    let before = (buffers::touched(&ordering.house).await?, ordering.orders.acknowledged.len());
    let program = Running::serve(&ordering.house, Role::CommandApi).await?;
    let outcome = ordering.flood(program.ports.command, duration).await?;
    program.stop().await?;
    let after = (buffers::touched(&ordering.house).await?, ordering.orders.acknowledged.len());
    let program = Running::serve(&ordering.house, Role::All).await?;
    ordering.house.caught_up().await?;
    let seen = seeing::run(&mut ordering.orders, program.ports, seeing::How::Waiting, duration).await?;
    ordering.house.caught_up().await?;
    program.stop().await?;
    let orders = u32::try_from(after.1 - before.1)?;
    Ok(Cost {
        per_second: outcome.accepted_per_second,
        buffers: (after.0 - before.0) / f64::from(orders.max(1)),
        visible_p99_ms: milliseconds(&seen, 0.99),
    })
}
