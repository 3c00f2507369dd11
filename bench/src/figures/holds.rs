//! 50,000 holds that end in the same moment, while orders go on at another show.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::ShowId;
use event_store::{Clock, ExecuteError, SystemClock};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::time::{Instant, sleep_until};

use super::{
    Bench,
    meanwhile::{self, LOOKED_AT},
    until,
};
use crate::{
    fallible::Fallible,
    house::{Hall, House, Role, Running, log::order},
    load::{Choice, Orders},
    results::Target,
};

const NAME: &str = "holds";
/// As many pairs as the largest hall has.
const HOLDS: i64 = 50_000;
/// Long enough for all of it to be prepared.
const HOLD: Duration = Duration::from_mins(1);
const IN_FLIGHT: usize = 1_024;
const DUE: &str = "select count(*) from process_steps where process = 'hold-expiry' and due_at <= now()";
/// Of how many moments they were the holds, too.
const EXPIRED: &str = "select count(*), count(distinct placed.held_until)
    from orders o, json_to_record(o.placed) as placed (held_until timestamptz) where o.status = 'expired'";

/// A clock that stands still: whatever is held by it is held until the same moment.
struct Still(DateTime<Utc>);

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// A house of its own each turn.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let holds = bench.args.events(HOLDS);
    for turn in 1..=bench.args.turns() {
        let house = bench.site.house().await?;
        let other = house.publish(Hall::ARENA, 1).await?;
        let show = house.publish_with(Hall::ARENA, 1, u32::try_from(HOLD.as_secs())?).await?[0];
        let (held_at, ends) = (SystemClock.now(), Instant::now() + HOLD);
        hold(&house, show, held_at, u64::try_from(holds)?).await?;
        let program = Running::serve(&house, Role::All).await?;
        house.caught_up().await?;
        if Instant::now() > ends {
            return Err("the holds ended before all was prepared".into());
        }
        let mut connection = house.superuser().await?;
        let released = async {
            sleep_until(ends).await;
            Ok(until::none(&mut connection, DUE).await? - ends)
        };
        let mut orders = Orders::new(bench.site.people(), Hall::ARENA, Choice::Hot, other);
        let (released, busy) =
            tokio::try_join!(released, meanwhile::orders(&mut orders, program.ports.command, ends))?;
        house.caught_up().await?;
        let quiet = meanwhile::orders(&mut orders, program.ports.command, Instant::now()).await?;
        house.caught_up().await?;
        let expired: (i64, i64) = sqlx::query_as(EXPIRED).fetch_one(&mut connection).await?;
        let found = format!("{} holds of {holds} ended, which were until {} moments", expired.0, expired.1);
        bench.journal.audit(NAME, expired == (holds, 1), found)?;
        bench.journal.turn(
            NAME,
            turn,
            [
                ("released_seconds", released.as_secs_f64()),
                ("orders_p99_ms", busy.quantile(0.99)),
                ("quiet_orders_p99_ms", quiet.quantile(0.99)),
            ],
        )?;
        program.stop().await?;
        house.demolish().await?;
    }
    bench.journal.figure(NAME, "released_seconds", "s", Some(Target::AtMost(LOOKED_AT.as_secs_f64())))?;
    bench.journal.figure(NAME, "orders_p99_ms", "ms", None)?;
    bench.journal.figure(NAME, "quiet_orders_p99_ms", "ms", None)
}

/// So many orders at a moment.
async fn hold(house: &House<'_>, show: ShowId, at: DateTime<Utc>, holds: u64) -> Fallible<()> {
    let (sequencer, task) = house.sequencer_by(Arc::new(Still(at)))?;
    let people = house.site().people();
    let place = async |pair: u64| {
        let person = &people[usize::try_from(pair).unwrap_or(0) % people.len()];
        sequencer.execute(order(person, show, pair)).await.map(drop)
    };
    let placed = stream::iter(0..holds).map(place).buffer_unordered(IN_FLIGHT);
    placed.try_collect::<()>().await.map_err(|error: ExecuteError| error)?;
    drop(sequencer);
    task.await?;
    Ok(())
}
