//! One rebuild or verification from its beginning to its end.

use event_store::new_id;
use faultpoint::Point;
use sqlx::{Connection, postgres::PgConnectOptions};
use tokio::{sync::watch, time::Instant};
use uuid::Uuid;

use super::{
    Outcome, Progress, Purpose, RebuildError, Stage, Task,
    both::Both,
    compare::{self, Compared},
    fill,
    keeper::Keeper,
    progress::Teller,
    swap, tables,
};
use crate::{checkpoint, connect::connect, read_model::ReadModel, slot::Slot};

/// An index over more rows than this takes longer to be made than a transaction may last: it is kept up to date while
/// the rows are written instead.
const INDEXED_AT_ONCE: i64 = 2_000_000;

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
    if is_large::<M>(&mut both, before.slot).await? {
        index::<M>(&mut both, &teller).await?;
    }
    fill::fill::<M>(&mut both, &teller).await?;
    index::<M>(&mut both, &teller).await?;
    analyze::<M>(&mut both).await?;
    let Compared { mut position, rows, differences } = match task {
        // What an older version made may well be different.
        Task::Rebuild if before.version < M::VERSION => Compared::default(),
        Task::Rebuild | Task::Verify => compare::compare::<M>(&mut both, &teller).await?,
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

async fn is_large<M: ReadModel>(both: &mut Both, read: Slot) -> Result<bool, sqlx::Error> {
    let tables = tables::of(&mut both.live, &read.schema(M::NAME)).await?;
    Ok(tables.iter().any(|table| table.rows > INDEXED_AT_ONCE))
}

/// Makes the indexes that the slot lacks, each in a transaction of its own.
async fn index<M: ReadModel>(both: &mut Both, teller: &Teller) -> Result<(), RebuildError> {
    teller.begins(Stage::Indexing);
    loop {
        let mut transaction = both.made.begin().await?;
        both.shadow.hold::<M>(&mut transaction).await?;
        let made: Option<String> = sqlx::query_scalar(include_str!("../sql/slot_index.sql"))
            .bind(M::NAME)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        if made.is_none() {
            faultpoint::reach(Point::RebuildIndexed).await;
            return Ok(());
        }
    }
}

async fn analyze<M: ReadModel>(both: &mut Both) -> Result<(), RebuildError> {
    let mut transaction = both.made.begin().await?;
    both.shadow.hold::<M>(&mut transaction).await?;
    sqlx::query(include_str!("../sql/slot_analyze.sql")).bind(M::NAME).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}
