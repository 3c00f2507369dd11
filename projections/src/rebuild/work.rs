//! One rebuild or verification from its beginning to its end.

use std::sync::Arc;

use event_store::new_id;
use faultpoint::Point;
use sqlx::postgres::PgConnectOptions;
use tokio::{sync::watch, time::Instant, try_join};
use uuid::Uuid;

use super::{
    Outcome, Progress, Purpose, RebuildError, Stage, Task,
    both::Both,
    compare::{self, Compared},
    fill,
    keeper::Keeper,
    progress::Teller,
    settle::{self, Turn},
    swap,
};
use crate::{checkpoint, connect::connect, read_model::ReadModel};

/// Alone, as far as leases go.
pub(super) async fn run<M: ReadModel>(
    database: &PgConnectOptions,
    task: Task,
    progress: watch::Sender<Progress>,
) -> Result<Outcome, RebuildError> {
    let run = new_id();
    let keeper = Keeper::take(database, M::NAME, run).await?;
    keeper.during(database, Box::pin(work::<M>(database, task, run, Teller(progress)))).await
}

/// For whoever finds that a read model was built by an older version of its fold. `None` if it no longer is.
pub(crate) async fn upgrade<M: ReadModel>(
    database: &PgConnectOptions,
) -> Result<Option<Outcome>, RebuildError> {
    let run = new_id();
    let keeper = Keeper::take(database, M::NAME, run).await?;
    let work = async {
        let found = checkpoint::look::<M>(&mut connect(database, "rebuild").await?).await?;
        if found.is_none_or(|checkpoint| checkpoint.version >= M::VERSION) {
            return Ok(None);
        }
        work::<M>(database, Task::Rebuild, run, Teller(watch::Sender::default())).await.map(Some)
    };
    keeper.during(database, Box::pin(work)).await
}

async fn work<M: ReadModel>(
    database: &PgConnectOptions,
    task: Task,
    run: Uuid,
    teller: Teller,
) -> Result<Outcome, RebuildError> {
    let begun = Instant::now();
    teller.begins(Stage::Emptying);
    let purpose = match task {
        Task::Rebuild => Purpose::Rebuild,
        Task::Verify => Purpose::Verify,
    };
    let (mut both, before) = Both::open::<M>(database, purpose, run).await?;
    let resumed_from = both.shadow.position;
    let turn = Turn::default();
    if task == Task::Rebuild && settle::is_large::<M>(&mut both.live, before.slot).await? {
        settle::index::<M>(database, both.shadow, Arc::clone(&turn)).await?;
    }
    teller.begins(Stage::Filling);
    fill::fill::<M>(&mut both, &teller).await?;
    faultpoint::reach(Point::RebuildFilled).await;
    settle::analyze::<M>(&mut both.made, both.shadow).await?;
    let index = settle::index::<M>(database, both.shadow, Arc::clone(&turn));
    let Compared { mut position, rows, differences } = match task {
        // What an older version made may well be different.
        Task::Rebuild if before.version < M::VERSION => {
            teller.begins(Stage::Indexing);
            index.await?;
            Compared::default()
        }
        Task::Rebuild => {
            teller.begins(Stage::Comparing);
            try_join!(compare::compare::<M>(&mut both, &teller, &turn), index)?.0
        }
        // What is only compared is never looked into.
        Task::Verify => {
            teller.begins(Stage::Comparing);
            compare::compare::<M>(&mut both, &teller, &turn).await?
        }
    };
    faultpoint::reach(Point::RebuildCompared).await;
    if task == Task::Rebuild {
        teller.begins(Stage::Swapping);
        position = swap::swap::<M>(&mut both, &teller).await?;
    }
    let took = begun.elapsed().as_secs_f64();
    swap::tidy::<M>(&mut both, task == Task::Rebuild).await?;
    teller.begins(Stage::Done);
    Ok(Outcome {
        name: M::NAME,
        position,
        version_before: before.version,
        version: M::VERSION,
        resumed_from,
        seconds: took,
        events_per_second: per_second(position - resumed_from, took),
        swapped: task == Task::Rebuild,
        rows,
        differences,
    })
}

#[expect(clippy::cast_precision_loss, reason = "a log of 2^52 events can't be")]
fn per_second(events: i64, seconds: f64) -> f64 {
    events as f64 / seconds.max(0.001)
}
