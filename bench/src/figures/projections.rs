//! How fast read models catch up with a log of 200,000 events, each alone and all together.

use std::time::Instant;

use projections::{Model, ProjectionOptions, Projections};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Bench, publishing::per_second};
use crate::{fallible::Fallible, house::House};

const NAME: &str = "projections";
const BACKLOG: i64 = 200_000;

/// From the log alone: a backlog is seldom in the stream.
pub(crate) async fn run(bench: &mut Bench<'_>) -> Fallible<()> {
    let house = bench.site.house().await?;
    house.grow(bench.args.events(BACKLOG)).await?;
    let wanted: Vec<(&str, Vec<Model>)> = Model::ALL
        .iter()
        .map(|model| (model.name(), vec![*model]))
        .chain([("together", Model::ALL.to_vec())])
        .collect();
    for turn in 1..=bench.args.turns() {
        let mut rates = vec![];
        for (name, models) in &wanted {
            let copy = bench.site.copy(&house).await?;
            rates.push((*name, catch_up(&copy, models.clone()).await?));
            copy.demolish().await?;
        }
        bench.journal.turn(NAME, turn, rates)?;
    }
    for (name, _) in &wanted {
        bench.journal.figure(NAME, name, "events/s", None)?;
    }
    house.demolish().await
}

/// Events a second, on two threads as `serve projections` has them.
async fn catch_up(house: &House<'_>, models: Vec<Model>) -> Fallible<f64> {
    let head = u64::try_from(house.head().await?)?;
    let count = i64::try_from(models.len())?;
    let options = ProjectionOptions {
        database: house.writer()?,
        own: event_store::Own::default(),
        nats: None,
        stream: house.stream(),
        models,
    };
    let (cancel, tasks) = (CancellationToken::new(), TaskTracker::new());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let begun = Instant::now();
    {
        let _entered = runtime.enter();
        let watched = event_store::watch_head(house.writer()?, cancel.clone());
        Projections::start(options, watched, cancel.clone(), &tasks);
    }
    house.projected(count).await?;
    let took = begun.elapsed();
    cancel.cancel();
    tasks.close();
    tasks.wait().await;
    runtime.shutdown_background();
    Ok(per_second(head, took))
}
