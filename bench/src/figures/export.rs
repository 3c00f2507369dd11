//! How fast the log is written to a file and read into an empty log, and that a long one takes no more memory.

use std::{fs, path::Path};

use serde::Deserialize;

use super::{
    Bench,
    long_and_short::{self, Cost, LONG, SHORT},
};
use crate::{
    fallible::Fallible,
    house::{House, Told, told},
};

const EXPORT: &str = "export";
const IMPORT: &str = "import";

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
    long_and_short::note(bench, EXPORT, &few.exports, &many.exports)?;
    long_and_short::note(bench, IMPORT, &[few.import], &[many.import])?;
    house.demolish().await
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
