//! From a command's answer until query-api shows it, at 500 orders a second.

use super::{Bench, ordering::Ordering, seeing};
use crate::{
    fallible::Fallible,
    house::{Role, Rows, Running},
    load::{Choice, milliseconds},
    results::Target,
};

const NAME: &str = "visible";

/// Once asking with the answer's position, which waits, and once asking again and again.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let mut ordering = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Hot);
    let duration = bench.args.seconds();
    ordering.prepare(duration * 2).await?;
    let program = Running::serve(&ordering.house, Role::All).await?;
    for turn in 1..=bench.args.pairs() {
        let waited = seeing::run(&mut ordering.orders, program.ports, seeing::How::Waiting, duration).await?;
        let asked = seeing::run(&mut ordering.orders, program.ports, seeing::How::Asking, duration).await?;
        bench.journal.turn(
            NAME,
            turn,
            [
                ("p50_ms", milliseconds(&waited, 0.5)),
                ("p99_ms", milliseconds(&waited, 0.99)),
                ("polled_p50_ms", milliseconds(&asked, 0.5)),
                ("polled_p99_ms", milliseconds(&asked, 0.99)),
            ],
        )?;
    }
    ordering.house.caught_up().await?;
    program.stop().await?;
    let acknowledged = &ordering.orders.acknowledged;
    ordering.house.audit(&mut bench.journal, NAME, acknowledged, Rows::CaughtUp).await?;
    bench.journal.figure(NAME, "p50_ms", "ms", None)?;
    bench.journal.figure(NAME, "p99_ms", "ms", Some(Target::AtMost(100.0)))?;
    bench.journal.figure(NAME, "polled_p99_ms", "ms", Some(Target::AtMost(100.0)))?;
    ordering.house.demolish().await
}
