//! Whether an order's story costs more in a long log: `audit order` at 5,000,000 events beside 500,000.

use std::time::Instant;

use domain::{PaymentId, operations::ApprovePayment};
use event_store::Command;
use sqlx::Executor;
use uuid::Uuid;

use super::{
    Bench, buffers,
    long_and_short::{LONG, SHORT},
};
use crate::{
    fallible::Fallible,
    house::{House, shows::context, told},
    results::Target,
};

const NAME: &str = "audit_order";
/// Orders whose stories are told, from all over the log.
const ORDERS: i64 = 50;
/// Placed for two seats, then paid for.
const EVENTS: usize = 8;

/// A log, and some of its orders.
struct Archive<'a> {
    house: House<'a>,
    orders: Vec<Uuid>,
}

/// What a story costs.
struct Cost {
    buffers: f64,
    /// Of these the log's own; the rest is connecting, and looking up what the log's columns are.
    of_the_log: f64,
    milliseconds: f64,
}

/// The two take turns.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let short = archive(bench, bench.args.events(SHORT)).await?;
    let long = archive(bench, bench.args.events(LONG)).await?;
    for turn in 1..=bench.args.turns() {
        let few = short.cost(bench).await?;
        let many = long.cost(bench).await?;
        bench.journal.turn(
            NAME,
            turn,
            [
                ("short_buffers", few.buffers),
                ("long_buffers", many.buffers),
                ("buffers_ratio", many.buffers / few.buffers),
                ("short_log_buffers", few.of_the_log),
                ("long_log_buffers", many.of_the_log),
                ("short_ms", few.milliseconds),
                ("long_ms", many.milliseconds),
            ],
        )?;
    }
    bench.journal.figure(NAME, "buffers_ratio", "×", Some(Target::AtMost(1.1)))?;
    for (value, unit) in [
        ("short_buffers", "buffers a story"),
        ("long_buffers", "buffers a story"),
        ("short_log_buffers", "buffers a story"),
        ("long_log_buffers", "buffers a story"),
        ("short_ms", "ms"),
        ("long_ms", "ms"),
    ] {
        bench.journal.figure(NAME, value, unit, None)?;
    }
    short.house.demolish().await?;
    long.house.demolish().await
}

/// A log of so many events; some of its orders are paid for when it is long, so their stories lie far apart in it.
async fn archive<'a>(bench: &Bench<'a>, events: i64) -> Fallible<Archive<'a>> {
    let house = bench.site.house().await?;
    house.grow(events).await?;
    let mut connection = house.superuser().await?;
    let sql = "select substr(placed.stream_id, 7)::uuid, (placed.data ->> 'payment')::uuid
        from generate_series(1, $1) as place (number)
        cross join lateral (
            select stream_id, data from events
            where position >= place.number * (select max(position) from events) / ($1 + 1) and type = 'OrderPlaced'
            order by position limit 1
        ) placed";
    let placed: Vec<(Uuid, Uuid)> = sqlx::query_as(sql).bind(ORDERS).fetch_all(&mut connection).await?;
    let (sequencer, task) = house.sequencer()?;
    let operator = bench.site.people()[0].user_id;
    for (_, payment) in &placed {
        let operation = ApprovePayment { payment: PaymentId::from(*payment) };
        sequencer.execute(Command { operation, context: context(operator) }).await?;
    }
    drop(sequencer);
    task.await?;
    // Otherwise the server does it on its own while it is counted what is read.
    connection.execute("vacuum (analyze)").await?;
    Ok(Archive { house, orders: placed.into_iter().map(|(order, _)| order).collect() })
}

impl Archive<'_> {
    /// Each story by a program of its own, as people ask.
    async fn cost(&self, bench: &mut Bench<'_>) -> Fallible<Cost> {
        let before = self.touched().await?;
        let begun = Instant::now();
        let mut whole = 0;
        for order in &self.orders {
            let told = told(&self.house, &[], &["audit", "order", &order.to_string(), "--json"]).await?;
            let story: serde_json::Value = serde_json::from_str(&told.output)?;
            whole += usize::from(story["entries"].as_array().is_some_and(|entries| entries.len() == EVENTS));
        }
        let took = begun.elapsed();
        let after = self.touched().await?;
        let count = self.orders.len();
        let found = format!("{whole} of {count} stories had all their events");
        bench.journal.audit(NAME, whole == count && count > 0, found)?;
        let stories = f64::from(u32::try_from(count.max(1))?);
        Ok(Cost {
            buffers: (after.0 - before.0) / stories,
            of_the_log: (after.1 - before.1) / stories,
            milliseconds: took.as_secs_f64() * 1_000.0 / stories,
        })
    }

    /// By everybody, and of the log alone.
    async fn touched(&self) -> Fallible<(f64, f64)> {
        Ok((buffers::touched(&self.house).await?, buffers::touched_of_the_log(&self.house).await?))
    }
}
