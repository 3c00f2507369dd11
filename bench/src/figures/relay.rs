//! A backlog of 200,000 events relayed, beside publishing the same bytes as they come.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{Bench, publishing};
use crate::{
    fallible::Fallible,
    house::{House, Role, Running},
    results::Target,
};

const NAME: &str = "relay";
const BACKLOG: i64 = 200_000;
const LOOK_EVERY: Duration = Duration::from_millis(5);
const WITHIN: Duration = Duration::from_mins(5);

/// Takes turns with the floor.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let house = bench.site.house().await?;
    house.grow(bench.args.events(BACKLOG)).await?;
    let head = u64::try_from(house.head().await?)?;
    // What the floor publishes is what the relay published.
    relayed(&house, head).await?;
    let messages = publishing::read(&house, head).await?;
    for turn in 1..=bench.args.pairs() {
        let floor = publishing::publish(&house, messages.clone()).await?;
        let product = relayed(&house, head).await?;
        let values =
            [("floor_per_second", floor), ("events_per_second", product), ("ratio", product / floor)];
        bench.journal.turn(NAME, turn, values)?;
    }
    let same = publishing::read(&house, head).await?.len() == messages.len();
    bench.journal.audit(NAME, same, format!("{head} events, {} messages", messages.len()))?;
    bench.journal.figure(NAME, "ratio", "×", Some(Target::AtLeast(0.8)))?;
    bench.journal.figure(NAME, "events_per_second", "events/s", None)?;
    bench.journal.figure(NAME, "floor_per_second", "/s", None)?;
    house.demolish().await
}

/// Relays the whole log into a stream of its own; messages a second from the first that was seen.
async fn relayed(house: &House<'_>, head: u64) -> Fallible<f64> {
    let jetstream = house.jetstream().await?;
    let _ = jetstream.delete_stream(house.stream()).await;
    let program = Running::serve(house, Role::Relay).await?;
    let waiting = Instant::now();
    let mut first: Option<(Instant, u64)> = None;
    loop {
        let last = house.last_sequence(&jetstream).await;
        let now = Instant::now();
        if last > 0 && first.is_none() {
            first = Some((now, last));
        }
        if let Some((begun, seen)) = first.filter(|_| last >= head) {
            program.stop().await?;
            return Ok(publishing::per_second(last - seen, now - begun));
        }
        if waiting.elapsed() > WITHIN {
            return Err("the relay does not come to the end".into());
        }
        sleep(LOOK_EVERY).await;
    }
}
