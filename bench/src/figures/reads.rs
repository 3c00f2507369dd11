//! Queries: an order, the availability of a show, the seats of a section; at rest, and while a show is on sale.

use std::time::Duration;

use tokio::try_join;

use super::{Bench, ordering::Ordering};
use crate::{
    fallible::Fallible,
    house::{Role, Rows, Running},
    load::{self, CONNECTIONS, Choice, Orders, Outcome, Reads, Schedule},
};

const NAME: &str = "reads";
const WARM_UP: Duration = Duration::from_secs(1);
/// How long orders come in before anything is read, and at which rate; the same rate goes on while it is on sale.
const SOLD_FOR: Duration = Duration::from_secs(10);
const ORDERS_PER_SECOND: f64 = 500.0;
/// Latencies are taken at this share of what is served.
const SHARE: f64 = 0.6;

/// A kind of query, and the paths that are asked.
type Kind = (&'static str, Vec<String>);

/// Each kind, at rest and on sale.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let mut ordering = Ordering::new(bench.site.house().await?, bench.site.people(), Choice::Hot);
    let program = Running::serve(&ordering.house, Role::All).await?;
    ordering.prepare(SOLD_FOR).await?;
    ordering.at(program.ports.command, ORDERS_PER_SECOND, SOLD_FOR).await?;
    ordering.house.caught_up().await?;
    let duration = (bench.args.seconds() / 3).max(Duration::from_secs(1));
    let kinds = kinds(&ordering.orders);
    // Everything may be seen by the one who is an operator as well.
    let token = bench.site.people()[0].token.as_str();
    let port = program.ports.query;
    for turn in 1..=bench.args.turns() {
        for (kind, paths) in &kinds {
            let mut reads = Reads::new(paths.iter().map(|path| (path.clone(), token)));
            let (rate, p99) = read(port, duration, &mut reads).await?;
            let selling = (WARM_UP + duration) * 2;
            let orders = ordering.at(program.ports.command, ORDERS_PER_SECOND, selling);
            let on_sale = read(port, duration, &mut reads);
            let (_, (sale_rate, sale_p99)) = try_join!(orders, on_sale)?;
            bench.journal.turn(
                &format!("{NAME}.{kind}"),
                turn,
                [
                    ("per_second", rate),
                    ("p99_ms", p99),
                    ("on_sale_per_second", sale_rate),
                    ("on_sale_p99_ms", sale_p99),
                ],
            )?;
        }
    }
    ordering.house.caught_up().await?;
    program.stop().await?;
    ordering.house.audit(&mut bench.journal, NAME, &ordering.orders.acknowledged, Rows::CaughtUp).await?;
    for (kind, _) in &kinds {
        let measurement = format!("{NAME}.{kind}");
        for (value, unit) in [
            ("per_second", "queries/s"),
            ("p99_ms", "ms"),
            ("on_sale_per_second", "queries/s"),
            ("on_sale_p99_ms", "ms"),
        ] {
            bench.journal.figure(&measurement, value, unit, None)?;
        }
    }
    ordering.house.demolish().await
}

fn kinds(orders: &Orders<'_>) -> [Kind; 3] {
    let placed = orders.acknowledged.iter().take(1_000).map(|order| format!("/v1/orders/{order}")).collect();
    let show = orders.shows()[0];
    let seats = (1..=20).map(|section| format!("/v1/shows/{show}/seats?section={section}&limit=5000"));
    [("order", placed), ("availability", vec![format!("/v1/inventory/{show}")]), ("seats", seats.collect())]
}

/// Queries a second, and the 99th percentile at 60 % of that.
async fn read(port: u16, duration: Duration, reads: &mut Reads) -> Fallible<(f64, f64)> {
    let flood = load::run(port, CONNECTIONS, || Schedule::flood(WARM_UP, duration), reads).await?;
    let rate = all_accepted(&flood)?.accepted_per_second;
    let steady = || Schedule::new(rate * SHARE, WARM_UP, duration);
    let steady = load::run(port, CONNECTIONS, steady, reads).await?;
    Ok((rate, all_accepted(&steady)?.quantile(0.99)))
}

fn all_accepted(outcome: &Outcome) -> Fallible<&Outcome> {
    match outcome.unexpected(&[]) {
        Some(odd) => Err(format!("queries were answered {odd}").into()),
        None if outcome.accepted_per_second < 1.0 => Err("no query was answered in time".into()),
        None => Ok(outcome),
    }
}
