//! `projections rebuild` on a log of 1,000,000 events, beside `COPY` of the same log to a client; queries and orders
//! meanwhile, and rebuilds that are killed; and whether a longer log takes more memory.

use std::time::{Duration, Instant};

use rand::RngExt;
use tokio::{sync::watch, try_join};

use super::{
    Bench,
    long_and_short::{LONG, SHORT},
    ordering::Ordering,
    publishing::per_second,
};
use crate::{
    fallible::Fallible,
    floors,
    house::{House, Role, Rows, Running, run_and_kill, told},
    load::{self, CONNECTIONS, Choice, Outcome, Reads, Schedule},
    results::Target,
};

const NAME: &str = "rebuild";
const MEMORY: &str = "rebuild_memory";
const EVENTS: i64 = 1_000_000;
/// Floors and rebuilds take turns at least so often.
const PAIRS: u32 = 9;
const QUERIES_PER_SECOND: f64 = 200.0;
const WARM_UP: Duration = Duration::from_secs(1);
const REBUILD: [&str; 3] = ["projections", "rebuild", "orders"];
const REBUILD_ALL: [&str; 3] = ["projections", "rebuild", "--all"];
const KILLS: u32 = 20;
const ORDERS_PER_SECOND: f64 = 200.0;
const VERIFY: [&str; 3] = ["projections", "verify", "orders"];

/// Takes turns with the floor.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let house = caught_up(bench, EVENTS).await?;
    let head = u64::try_from(house.head().await?)?;
    let pairs = if bench.args.smoke { 1 } else { bench.args.pairs().max(PAIRS) };
    for turn in 1..=pairs {
        let floor = per_second(head, floors::copy(&house).await?);
        let rebuilt = per_second(head, told(&house, &[], &REBUILD).await?.time);
        let verified = per_second(head, told(&house, &[], &VERIFY).await?.time);
        let values = [
            ("floor_per_second", floor),
            ("events_per_second", rebuilt),
            ("ratio", rebuilt / floor),
            ("verify_per_second", verified),
        ];
        bench.journal.turn(NAME, turn, values)?;
    }
    with_readers(bench, &house, pairs).await?;
    under_load(bench, &house, pairs + bench.args.turns()).await?;
    told(&house, &[], &["projections", "verify", "--all"]).await?;
    let all = house.orders_in_log().await?;
    house.audit(&mut bench.journal, NAME, &all, Rows::CaughtUp).await?;
    for (value, unit, target) in [
        ("ratio", "×", Some(Target::AtLeast(0.4))),
        ("events_per_second", "events/s", None),
        ("floor_per_second", "rows/s", None),
        ("verify_per_second", "events/s", None),
        ("reads_failed", "queries", Some(Target::AtMost(0.0))),
        ("reads_p99_ms", "ms", None),
        ("reads_undisturbed_p99_ms", "ms", None),
        ("kills", "", None),
    ] {
        bench.journal.figure(NAME, value, unit, target)?;
    }
    house.demolish().await
}

/// Queries for orders while nothing else happens, and while their read model is rebuilt again and again.
async fn with_readers(bench: &mut Bench<'_>, house: &House<'_>, after: u32) -> Fallible<()> {
    let program = Running::serve(house, Role::All).await?;
    house.caught_up().await?;
    let orders = house.orders_in_log().await?;
    let token = bench.site.people()[0].token.as_str();
    let paths = orders.iter().step_by(97).map(|order| (format!("/v1/orders/{order}"), token));
    let mut reads = Reads::new(paths);
    for turn in 1..=bench.args.turns() {
        let undisturbed = read(program.ports.query, bench.args.seconds(), &mut reads).await?;
        let (enough, end) = watch::channel(false);
        let reading = async {
            let outcome = read(program.ports.query, bench.args.seconds(), &mut reads).await;
            enough.send_replace(true);
            outcome
        };
        let (outcome, rebuilds) = try_join!(reading, rebuild_until(house, end))?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let failed = (outcome.failed() + undisturbed.failed()) as f64;
        let values = [
            ("reads_failed", failed),
            ("reads_p99_ms", outcome.quantile(0.99)),
            ("reads_undisturbed_p99_ms", undisturbed.quantile(0.99)),
            ("rebuilds", f64::from(rebuilds)),
        ];
        bench.journal.turn(NAME, after + turn, values)?;
    }
    program.stop().await
}

/// Orders and queries, while all read models are rebuilt and killed on the way, and taken up and done in the end.
async fn under_load(bench: &mut Bench<'_>, house: &House<'_>, after: u32) -> Fallible<()> {
    let program = Running::serve(house, Role::All).await?;
    let mut ordering = Ordering::new(house.clone(), bench.site.people(), Choice::Hot);
    let duration = bench.args.long();
    ordering.prepare(duration).await?;
    let token = bench.site.people()[0].token.as_str();
    let orders = house.orders_in_log().await?;
    let mut reads = Reads::new(orders.iter().step_by(97).map(|order| (format!("/v1/orders/{order}"), token)));
    let (_, outcome, kills) = try_join!(
        ordering.at(program.ports.command, ORDERS_PER_SECOND, duration),
        read(program.ports.query, duration, &mut reads),
        killed_and_done(house, duration)
    )?;
    house.caught_up().await?;
    program.stop().await?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let failed = outcome.failed() as f64;
    bench.journal.turn(NAME, after + 1, [("reads_failed", failed), ("kills", f64::from(kills))])
}

/// How often it was killed.
async fn killed_and_done(house: &House<'_>, within: Duration) -> Fallible<u32> {
    let (begun, mut kills) = (Instant::now(), 0);
    while kills < KILLS && begun.elapsed() < within * 2 / 3 {
        let life = Duration::from_millis(rand::rng().random_range(50..3_000));
        if !run_and_kill(house, &REBUILD_ALL, life).await? {
            kills += 1;
            // The dead can't give their leases back, and nobody is to wait for them here.
            let sql = "delete from leases where name like 'rebuild %'";
            sqlx::query(sql).execute(&mut house.superuser().await?).await?;
        }
    }
    told(house, &[], &REBUILD_ALL).await?;
    Ok(kills)
}

async fn read(port: u16, duration: Duration, reads: &mut Reads) -> Fallible<Outcome> {
    load::run(port, CONNECTIONS, || Schedule::new(QUERIES_PER_SECOND, WARM_UP, duration), reads).await
}

/// Rebuilds until enough was read; how often.
async fn rebuild_until(house: &House<'_>, enough: watch::Receiver<bool>) -> Fallible<u32> {
    let mut rebuilds = 0;
    while !*enough.borrow() {
        told(house, &[], &REBUILD).await?;
        rebuilds += 1;
    }
    Ok(rebuilds)
}

/// The most memory that rebuilds and verifications take, of a short log and of a long one.
pub(crate) async fn memory(bench: &mut Bench<'_>) -> Fallible<()> {
    let short = caught_up(bench, SHORT).await?;
    let long = caught_up(bench, LONG).await?;
    for turn in 1..=bench.args.pairs() {
        let mut values = vec![];
        for (command, names) in [
            (REBUILD, ["rebuild_short_mib", "rebuild_long_mib", "rebuild_ratio"]),
            (VERIFY, ["verify_short_mib", "verify_long_mib", "verify_ratio"]),
        ] {
            let few = told(&short, &[], &command).await?.peak_memory_mib;
            let many = told(&long, &[], &command).await?.peak_memory_mib;
            values.extend(names.into_iter().zip([few, many, many / few]));
        }
        bench.journal.turn(MEMORY, turn, values)?;
    }
    for command in ["rebuild", "verify"] {
        bench.journal.figure(MEMORY, &format!("{command}_ratio"), "×", Some(Target::AtMost(1.2)))?;
        bench.journal.figure(MEMORY, &format!("{command}_short_mib"), "MiB", None)?;
        bench.journal.figure(MEMORY, &format!("{command}_long_mib"), "MiB", None)?;
    }
    short.demolish().await?;
    long.demolish().await
}

/// A house with so long a log, which its read models have caught up with.
async fn caught_up<'a>(bench: &Bench<'a>, events: i64) -> Fallible<House<'a>> {
    let house = bench.site.house().await?;
    house.grow(bench.args.events(events)).await?;
    let program = Running::serve(&house, Role::All).await?;
    house.caught_up().await?;
    program.stop().await?;
    Ok(house)
}
