//! How fast the log is written to a file and read into an empty log, and that a long one takes no more memory.

use std::{fs, path::Path};

use serde::Deserialize;

use super::Bench;
use crate::{
    fallible::Fallible,
    house::{House, Told, told},
    results::Target,
};

const EXPORT: &str = "export";
const IMPORT: &str = "import";
const SHORT: i64 = 500_000;
const LONG: i64 = 5_000_000;

/// What `events export` says.
#[derive(Deserialize)]
struct Exported {
    events: i64,
    position: i64,
}

/// What `events import` says.
#[derive(Deserialize)]
struct Imported {
    position: i64,
}

/// One house, first when its log is short, then when it is long.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let house = bench.site.house().await?;
    let few = moved(bench, &house, bench.args.events(SHORT)).await?;
    let many = moved(bench, &house, bench.args.events(LONG)).await?;
    for (turn, (few, many)) in (1..).zip(few.exports.iter().zip(&many.exports)) {
        tell(bench, EXPORT, turn, few, many)?;
    }
    tell(bench, IMPORT, 1, &few.import, &many.import)?;
    for name in [EXPORT, IMPORT] {
        bench.journal.figure(name, "memory_ratio", "×", Some(Target::AtMost(1.2)))?;
        for (value, unit) in [
            ("events_per_second", "events/s"),
            ("short_events_per_second", "events/s"),
            ("short_memory_mib", "MiB"),
            ("long_memory_mib", "MiB"),
        ] {
            bench.journal.figure(name, value, unit, None)?;
        }
    }
    house.demolish().await
}

/// What it took, once.
struct Cost {
    per_second: f64,
    memory_mib: f64,
}

impl Cost {
    #[expect(clippy::cast_precision_loss, reason = "a rate, not a count")]
    fn of(events: i64, told: &Told) -> Self {
        Self { per_second: events as f64 / told.time.as_secs_f64(), memory_mib: told.peak_memory_mib }
    }
}

struct Moved {
    exports: Vec<Cost>,
    import: Cost,
}

fn tell(bench: &mut Bench<'_>, name: &'static str, turn: u32, few: &Cost, many: &Cost) -> Fallible<()> {
    bench.journal.turn(
        name,
        turn,
        [
            ("events_per_second", many.per_second),
            ("short_events_per_second", few.per_second),
            ("short_memory_mib", few.memory_mib),
            ("long_memory_mib", many.memory_mib),
            ("memory_ratio", many.memory_mib / few.memory_mib),
        ],
    )
}

/// Grows, writes everything to a file a few times, and reads the last of them into another house.
async fn moved(bench: &mut Bench<'_>, house: &House<'_>, events: i64) -> Fallible<Moved> {
    house.grow(events).await?;
    let head = house.head().await?;
    let file = house.directory().join(format!("{}-log.jsonl", house.name()));
    let mut exports = Vec::new();
    for _ in 0..bench.args.turns() {
        if file.exists() {
            fs::remove_file(&file)?;
        }
        exports.push(exported(bench, house, &file, head).await?);
    }
    let import = imported(bench, &file, head).await?;
    fs::remove_file(&file)?;
    Ok(Moved { exports, import })
}

async fn exported(bench: &mut Bench<'_>, house: &House<'_>, file: &Path, head: i64) -> Fallible<Cost> {
    let name = file.display().to_string();
    let done = told(house, &[], &["events", "export", "--out", &name, "--json"]).await?;
    let Exported { events, position } = serde_json::from_str(&done.output)?;
    let found = format!("{events} events up to {position}, {} bytes", fs::metadata(file)?.len());
    bench.journal.audit(EXPORT, (events, position) == (head, head), found)?;
    Ok(Cost::of(events, &done))
}

async fn imported(bench: &mut Bench<'_>, file: &Path, head: i64) -> Fallible<Cost> {
    let there = bench.site.house().await?;
    let name = file.display().to_string();
    let done = told(&there, &[], &["events", "import", &name, "--json"]).await?;
    let Imported { position } = serde_json::from_str(&done.output)?;
    let whole = position == head && there.head().await? == head;
    bench.journal.audit(IMPORT, whole, format!("{position} events, verified"))?;
    there.demolish().await?;
    Ok(Cost::of(position, &done))
}
