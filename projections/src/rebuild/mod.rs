//! A read model made anew from the log, beside the one that is read.
//!
//! The slot that is not read is filled in large chunks, each with its checkpoint in one transaction, so that a run that
//! was killed is taken up where it was. It never passes what is read; at the end both are brought to one position, which
//! takes a lock on the checkpoint for as long as the last few events take. There they are compared, and there one takes
//! the place of the other: an update of the checkpoint's row. Whoever reads sees the old rows at the old position, or
//! the new ones at the same one.

mod both;
mod chunks;
mod compare;
mod difference;
mod empty;
mod fill;
mod keeper;
mod progress;
mod settle;
mod shadow;
mod swap;
mod work;

use event_store::Position;
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;

pub use difference::{Difference, Differences};
pub(crate) use keeper::lease_name;
pub use progress::{Progress, Stage};
pub(crate) use work::upgrade;

use crate::{
    accounts::Accounts, batch::Stop, inventory::Inventory, ledger::Ledger, model::Model, orders::Orders,
    payments::Payments, shows::Shows,
};

/// Why the slot that is not read is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = ProjectionShadowPurpose)]
pub enum Purpose {
    /// To be read instead.
    Rebuild,
    /// To be compared with what is read.
    Verify,
    /// It was read until a moment ago, and is about to be emptied.
    Retired,
}

/// What a rebuild or a verification came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The read model.
    pub name: &'static str,
    /// Where it was compared, or swapped.
    pub position: Position,
    /// The version of the fold that made what was read.
    pub version_before: i32,
    /// The version of this program's fold.
    pub version: i32,
    /// Where an earlier run had come to that was taken up; 0 if there was none.
    pub resumed_from: Position,
    /// How long it took.
    pub seconds: f64,
    /// Events of the log a second, whether they concern the read model or not.
    pub events_per_second: f64,
    /// Whether what was made is read now.
    pub swapped: bool,
    /// Rows that were compared; 0 where an older version's were replaced, which may well be different.
    pub rows: i64,
    /// How what was read differed from what the log says.
    #[serde(flatten)]
    pub differences: Differences,
}

/// Why there is no outcome. What was done until then is taken up by the next run.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// There is nothing yet that it could take the place of.
    #[error("`{0}` has no rows of this log yet; it is made when the projections run")]
    NotBegun(&'static str),
    /// It was made by a newer program.
    #[error("`{name}` is built by version {found} of its fold, this program has {known}")]
    Newer {
        /// The read model.
        name: &'static str,
        /// By what it was built.
        found: i32,
        /// What this program would build.
        known: i32,
    },
    /// Somebody else does it.
    #[error("somebody else rebuilds or verifies `{0}`")]
    Busy(&'static str),
    /// Somebody else took it up, because this run seemed to be dead.
    #[error("another run took over")]
    Overtaken,
    /// What was made holds less than what is read; nothing was swapped.
    #[error(
        "`{name}` is read as before: {entities} entities could not be made anew, the first of them `{entity}`: {reason}"
    )]
    Parked {
        /// The read model.
        name: &'static str,
        /// The first entity that stands still in what was made, and goes on in what is read.
        entity: String,
        /// Why it could not be applied.
        reason: String,
        /// How many there are.
        entities: i64,
    },
    /// The log was replaced meanwhile.
    #[error("the log is another one now")]
    OtherLog,
    /// A newer program wrote one of the events.
    #[error("{0}")]
    Stopped(String),
    /// A bug.
    #[error("reading the log panicked after event {0}")]
    Panicked(Position),
    /// The database could not be reached, or refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<Stop> for RebuildError {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop.0)
    }
}

/// What is to be done with what was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Compare it, then read it instead.
    Rebuild,
    /// Compare it, and throw it away.
    Verify,
}

/// Makes a read model anew and lets it take the place of the one that is read. Safe beside running projections and
/// readers.
///
/// # Errors
/// See [`RebuildError`].
pub async fn rebuild(
    database: &PgConnectOptions,
    model: Model,
    progress: watch::Sender<Progress>,
) -> Result<Outcome, RebuildError> {
    run(database, model, Task::Rebuild, progress).await
}

/// Makes a read model anew, compares it with the one that is read, and changes nothing.
///
/// # Errors
/// See [`RebuildError`].
pub async fn verify(
    database: &PgConnectOptions,
    model: Model,
    progress: watch::Sender<Progress>,
) -> Result<Outcome, RebuildError> {
    run(database, model, Task::Verify, progress).await
}

async fn run(
    database: &PgConnectOptions,
    model: Model,
    task: Task,
    progress: watch::Sender<Progress>,
) -> Result<Outcome, RebuildError> {
    match model {
        Model::Shows => work::run::<Shows>(database, task, progress).await,
        Model::Inventory => work::run::<Inventory>(database, task, progress).await,
        Model::Orders => work::run::<Orders>(database, task, progress).await,
        Model::Payments => work::run::<Payments>(database, task, progress).await,
        Model::Accounts => work::run::<Accounts>(database, task, progress).await,
        Model::Ledger => work::run::<Ledger>(database, task, progress).await,
    }
}
