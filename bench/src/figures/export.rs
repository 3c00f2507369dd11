//! How fast the log is written to a file, and that it takes no more memory for a long one.

use std::fs;

use serde::Deserialize;

use super::Bench;
use crate::{
    fallible::Fallible,
    house::{House, Told, told},
    results::Target,
};

const NAME: &str = "export";
const SHORT: i64 = 500_000;
const LONG: i64 = 5_000_000;

/// What `events export` says.
#[derive(Deserialize)]
struct Exported {
    events: i64,
    position: i64,
}

/// One house, first when its log is short, then when it is long.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let house = bench.site.house().await?;
    let few = exported(bench, &house, bench.args.events(SHORT)).await?;
    let many = exported(bench, &house, bench.args.events(LONG)).await?;
    for (turn, (few, many)) in (1..).zip(few.into_iter().zip(many)) {
        bench.journal.turn(
            NAME,
            turn,
            [
                ("events_per_second", many.per_second),
                ("short_events_per_second", few.per_second),
                ("short_memory_mib", few.memory_mib),
                ("long_memory_mib", many.memory_mib),
                ("memory_ratio", many.memory_mib / few.memory_mib),
            ],
        )?;
    }
    bench.journal.figure(NAME, "memory_ratio", "×", Some(Target::AtMost(1.2)))?;
    for (value, unit) in [
        ("events_per_second", "events/s"),
        ("short_events_per_second", "events/s"),
        ("short_memory_mib", "MiB"),
        ("long_memory_mib", "MiB"),
    ] {
        bench.journal.figure(NAME, value, unit, None)?;
    }
    house.demolish().await
}

/// What it took, once.
struct Cost {
    per_second: f64,
    memory_mib: f64,
}

/// Grows, and writes everything to a file a few times.
async fn exported(bench: &mut Bench<'_>, house: &House<'_>, events: i64) -> Fallible<Vec<Cost>> {
    house.grow(events).await?;
    let head = house.head().await?;
    let file = house.directory().join(format!("{}-log.jsonl", house.name()));
    let name = file.display().to_string();
    let mut costs = Vec::new();
    for _ in 0..bench.args.turns() {
        let Told { output, time, peak_memory_mib } =
            told(house, &[], &["events", "export", "--out", &name, "--json"]).await?;
        let Exported { events, position } = serde_json::from_str(&output)?;
        let bytes = fs::metadata(&file)?.len();
        fs::remove_file(&file)?;
        let whole = (events, position) == (head, head);
        bench.journal.audit(NAME, whole, format!("{events} events up to {position}, {bytes} bytes"))?;
        #[expect(clippy::cast_precision_loss, reason = "a rate, not a count")]
        let per_second = events as f64 / time.as_secs_f64();
        costs.push(Cost { per_second, memory_mib: peak_memory_mib });
    }
    Ok(costs)
}
