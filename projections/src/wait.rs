//! Waiting until read models have come to a position.

use std::{collections::HashMap, sync::Arc, time::Duration};

use event_store::Position;
use sqlx::PgPool;
use tokio::{
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::model::Model;

/// How often the checkpoints are read while somebody waits.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// The pause after the checkpoints could not be read.
const PAUSE: Duration = Duration::from_millis(100);
/// How many may wait at once.
const WAITERS: usize = 10_000;

type Positions = Arc<HashMap<String, Position>>;

/// Why the wait was in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WaitError {
    /// The read models did not come that far in time.
    #[error("the read models are at {position}")]
    Lagging {
        /// Where the last of them is, as far as is known.
        position: Position,
    },
    /// Too many wait already.
    #[error("too many wait")]
    TooManyWait,
}

/// Looks at the checkpoints for all who wait, and not at all while nobody does. Cheap to clone.
#[derive(Debug, Clone)]
pub struct CheckpointWatch {
    positions: watch::Receiver<Positions>,
    waiters: Arc<Semaphore>,
    /// Tells the task that somebody waits.
    bell: watch::Sender<()>,
}

impl CheckpointWatch {
    /// Starts the task that looks; it ends when `cancel` fires.
    #[must_use]
    pub fn start(pool: PgPool, cancel: CancellationToken) -> Self {
        let (sender, positions) = watch::channel(Positions::default());
        let (bell, rung) = watch::channel(());
        let waiters = Arc::new(Semaphore::new(WAITERS));
        let task = look(pool, Arc::clone(&waiters), rung, sender);
        tokio::spawn(async move { cancel.run_until_cancelled(task).await });
        Self { positions, waiters, bell }
    }

    /// Waits until each of these read models has come to `position`.
    ///
    /// # Errors
    /// See [`WaitError`].
    pub async fn wait_until(
        &self,
        models: &[Model],
        position: Position,
        within: Duration,
    ) -> Result<(), WaitError> {
        let Ok(_waiting) = self.waiters.try_acquire() else { return Err(WaitError::TooManyWait) };
        self.bell.send_replace(());
        let mut positions = self.positions.clone();
        let there = positions.wait_for(|positions| lowest(positions, models) >= position);
        if let Ok(Ok(_)) = timeout(within, there).await {
            return Ok(());
        }
        Err(WaitError::Lagging { position: lowest(&self.positions.borrow(), models) })
    }
}

fn lowest(positions: &HashMap<String, Position>, models: &[Model]) -> Position {
    let position = |model: &Model| positions.get(model.name()).copied().unwrap_or_default();
    models.iter().map(position).min().unwrap_or(Position::MAX)
}

async fn look(
    pool: PgPool,
    waiters: Arc<Semaphore>,
    mut rung: watch::Receiver<()>,
    sender: watch::Sender<Positions>,
) {
    while rung.changed().await.is_ok() {
        while waiters.available_permits() < WAITERS {
            let read = sqlx::query_as(include_str!("sql/positions.sql")).fetch_all(&pool).await;
            match read {
                Ok(rows) => {
                    let rows: Vec<(String, Position)> = rows;
                    sender.send_replace(Arc::new(rows.into_iter().collect()));
                    sleep(LOOK_EVERY).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "the checkpoints can't be read");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}
