//! Read models of an older version of their fold, made anew while they are read.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use sqlx::postgres::PgConnectOptions;
use tokio::{
    sync::{Notify, Semaphore},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::{
    read_model::ReadModel,
    rebuild::{Outcome, RebuildError, upgrade},
};

/// The pause after a rebuild failed.
const PAUSE: Duration = Duration::from_secs(5);

/// What is older than this program. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Outdated {
    found: Arc<Notify>,
}

/// Rebuilds a read model whenever it is found to be older.
pub(crate) struct Upgrade<M> {
    database: PgConnectOptions,
    outdated: Outdated,
    /// A process rebuilds one read model at a time.
    turn: Arc<Semaphore>,
    cancel: CancellationToken,
    model: PhantomData<M>,
}

impl Outdated {
    /// Told by whoever goes on with rows of an older version.
    pub(crate) fn found(&self) {
        self.found.notify_one();
    }
}

impl<M: ReadModel> Upgrade<M> {
    pub(crate) fn new(database: PgConnectOptions, turn: Arc<Semaphore>, cancel: CancellationToken) -> Self {
        let outdated = Outdated { found: Arc::default() };
        Self { database, outdated, turn, cancel, model: PhantomData }
    }

    /// What tells it.
    pub(crate) fn outdated(&self) -> Outdated {
        self.outdated.clone()
    }

    /// Until it is cancelled. What was not finished is taken up at the next start.
    pub(crate) async fn run(self) {
        Box::pin(self.cancel.run_until_cancelled(self.work())).await;
    }

    async fn work(&self) {
        loop {
            self.outdated.found.notified().await;
            while let Err(error) = self.rebuild().await {
                tracing::warn!(projection = M::NAME, %error, "the rebuild starts again");
                sleep(PAUSE).await;
            }
        }
    }

    async fn rebuild(&self) -> Result<(), RebuildError> {
        let Ok(_turn) = self.turn.acquire().await else { return Ok(()) };
        tracing::info!(projection = M::NAME, version = M::VERSION, "it is of an older version: rebuilding");
        if let Some(Outcome { position, seconds, .. }) = upgrade::<M>(&self.database).await? {
            tracing::info!(projection = M::NAME, position, seconds, "what was rebuilt is read now");
        }
        Ok(())
    }
}
