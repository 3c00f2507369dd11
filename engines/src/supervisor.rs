//! Starts an engine again when it dies.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::error::EngineError;
use crate::nats::Nats;
use crate::postgres::Postgres;

const LOOK_EVERY: Duration = Duration::from_millis(100);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// An engine that ran this long had recovered; its next death starts the count anew.
const RECOVERED_AFTER: Duration = Duration::from_mins(1);

/// What can be supervised.
pub trait Engine: Send + Sync + 'static {
    /// For logs: "Postgres" or "NATS".
    fn name(&self) -> &'static str;
    /// Whether its process lives.
    fn is_running(&self) -> bool;
    /// False once it was stopped on purpose.
    fn is_wanted(&self) -> bool;
    /// Keeps its log from growing without bound.
    fn bound_log(&self) -> Result<(), EngineError>;
    /// Starts it on the same port.
    fn restart(&self) -> impl Future<Output = Result<(), EngineError>> + Send;
}

impl Engine for Postgres {
    fn name(&self) -> &'static str {
        "Postgres"
    }
    fn is_running(&self) -> bool {
        self.pid().is_some()
    }
    fn is_wanted(&self) -> bool {
        self.is_wanted()
    }
    fn bound_log(&self) -> Result<(), EngineError> {
        self.bound_log()
    }
    async fn restart(&self) -> Result<(), EngineError> {
        self.restart().await
    }
}

impl Engine for Nats {
    fn name(&self) -> &'static str {
        "NATS"
    }
    fn is_running(&self) -> bool {
        self.pid().is_some()
    }
    fn is_wanted(&self) -> bool {
        self.is_wanted()
    }
    fn bound_log(&self) -> Result<(), EngineError> {
        self.bound_log()
    }
    async fn restart(&self) -> Result<(), EngineError> {
        self.restart().await
    }
}

/// How a supervised engine does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It runs, after so many restarts.
    Running {
        /// Since supervision began.
        restarts: u32,
    },
    /// It died and is being started again.
    Down {
        /// Attempts since it died, this one included.
        attempt: u32,
        /// Why the last attempt failed.
        because: Option<String>,
    },
}

/// Watches one engine until it is cancelled or the engine is stopped on purpose.
#[derive(Debug)]
pub struct Supervisor {
    condition: watch::Receiver<Condition>,
    task: JoinHandle<()>,
}

impl Supervisor {
    /// Begins to watch.
    #[must_use]
    pub fn spawn<E: Engine>(engine: Arc<E>, cancel: CancellationToken) -> Self {
        let (tell, condition) = watch::channel(Condition::Running { restarts: 0 });
        let task = tokio::spawn(async move {
            cancel.run_until_cancelled(watch_over(&*engine, &tell)).await;
        });
        Self { condition, task }
    }

    /// Every change of the engine's condition.
    #[must_use]
    pub fn condition(&self) -> watch::Receiver<Condition> {
        self.condition.clone()
    }

    /// Waits until it has ended; cancel it or stop the engine first.
    pub async fn ended(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "a supervisor panicked");
        }
    }
}

async fn watch_over<E: Engine>(engine: &E, tell: &watch::Sender<Condition>) {
    let mut pause = FIRST_PAUSE;
    let mut restarts = 0;
    let mut since = Instant::now();
    while engine.is_wanted() {
        if engine.is_running() {
            if since.elapsed() > RECOVERED_AFTER {
                pause = FIRST_PAUSE;
                since = Instant::now();
                if let Err(error) = engine.bound_log() {
                    tracing::warn!(engine = engine.name(), %error, "can't bound the engine's log");
                }
            }
            sleep(LOOK_EVERY).await;
            continue;
        }
        tracing::warn!(engine = engine.name(), "died; starting it again");
        revive(engine, tell, &mut pause).await;
        restarts += 1;
        since = Instant::now();
        tell.send_replace(Condition::Running { restarts });
    }
}

/// Tries until it runs or is no longer wanted, pausing ever longer.
async fn revive<E: Engine>(engine: &E, tell: &watch::Sender<Condition>, pause: &mut Duration) {
    let mut because = None;
    let mut attempt = 1;
    while engine.is_wanted() && !engine.is_running() {
        tell.send_replace(Condition::Down { attempt, because: because.take() });
        sleep(*pause).await;
        *pause = (*pause * 2).min(LONGEST_PAUSE);
        if engine.is_wanted()
            && let Err(error) = engine.restart().await
        {
            tracing::error!(engine = engine.name(), attempt, %error, "did not start again");
            because = Some(error.to_string());
        }
        attempt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_killed_engine_runs_again_and_a_stopped_one_does_not() {
        let directory = tempfile::tempdir().unwrap();
        let nats = Arc::new(Nats::start(testing::nats_options(directory.path()).unwrap()).await.unwrap());
        let supervisor = Supervisor::spawn(Arc::clone(&nats), CancellationToken::new());
        let mut condition = supervisor.condition();
        nats.kill9().unwrap();
        let again = condition.wait_for(|now| *now == Condition::Running { restarts: 1 });
        tokio::time::timeout(Duration::from_secs(20), again).await.unwrap().unwrap();
        assert!(nats.pid().is_some());
        nats.stop().await.unwrap();
        tokio::time::timeout(Duration::from_secs(20), supervisor.ended()).await.unwrap();
        assert_eq!(nats.pid(), None);
    }
}
