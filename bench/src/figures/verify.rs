//! How fast the log is verified, and that it takes no more memory for a long one.

use serde::Deserialize;

use super::{
    Bench,
    long_and_short::{self, Cost, LONG, SHORT},
};
use crate::{
    fallible::Fallible,
    house::{House, Told, told},
};

const NAME: &str = "verify";

/// What `audit verify` says.
#[derive(Deserialize)]
struct Report {
    events: i64,
    events_per_second: f64,
    checkpoints: Checkpoints,
    faults: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Checkpoints {
    agree: i64,
    unsigned: i64,
}

/// One house, first when its log is short, then when it is long; all of it signed.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let house = bench.site.house().await?;
    let few = verified(bench, &house, bench.args.events(SHORT)).await?;
    let many = verified(bench, &house, bench.args.events(LONG)).await?;
    long_and_short::note(bench, NAME, &few, &many)?;
    house.demolish().await
}

/// Grows, signs what is new, and verifies everything a few times.
async fn verified(bench: &mut Bench<'_>, house: &House<'_>, events: i64) -> Fallible<Vec<Cost>> {
    house.grow(events).await?;
    let evidence = house.evidence()?;
    told(house, &evidence, &["audit", "checkpoint"]).await?;
    let head = house.head().await?;
    let mut costs = Vec::new();
    for _ in 0..bench.args.turns() {
        let Told { output, peak_memory_mib, .. } =
            told(house, &evidence, &["audit", "verify", "--json"]).await?;
        let report: Report = serde_json::from_str(&output)?;
        let whole = report.events == head && report.checkpoints.unsigned == 0 && report.faults.is_empty();
        let found = format!("{} events, {} checkpoints agree", report.events, report.checkpoints.agree);
        bench.journal.audit(NAME, whole, found)?;
        costs.push(Cost { per_second: report.events_per_second, memory_mib: peak_memory_mib });
    }
    Ok(costs)
}
