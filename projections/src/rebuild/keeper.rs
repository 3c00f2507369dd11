//! One rebuild or verification of a read model at a time.

use std::time::Duration;

use event_store::Lease;
use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use uuid::Uuid;

use super::RebuildError;
use crate::connect::connect;

/// How often the lease is prolonged. Well within its six seconds.
const PROLONG_EVERY: Duration = Duration::from_secs(2);
/// One who died leaves a lease behind that ends by itself; longer than that it is not waited for.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Keeps the lease while the work goes on. It saves work; what makes the work correct is the run's id in the shadow.
pub(super) struct Keeper {
    lease: Lease,
    prolonging: JoinHandle<Result<(), sqlx::Error>>,
}

/// The lease of whoever fills the slot of a read model that is not read.
pub(crate) fn lease_name(model: &str) -> String {
    format!("rebuild {model}")
}

impl Keeper {
    /// Waits for the lease, if its holder may be dead.
    pub(super) async fn take(
        database: &PgConnectOptions,
        model: &'static str,
        run: Uuid,
    ) -> Result<Self, RebuildError> {
        let lease = Lease::new(lease_name(model), run);
        let mut connection = connect(database, "rebuild lease").await?;
        let begun = Instant::now();
        let token = loop {
            if let Some(token) = lease.take(&mut connection).await? {
                break token;
            }
            if begun.elapsed() > PATIENCE {
                return Err(RebuildError::Busy(model));
            }
            sleep(LOOK_EVERY).await;
        };
        let prolonging = tokio::spawn(prolong(lease.clone(), token, connection));
        Ok(Self { lease, prolonging })
    }

    /// Does the work for as long as the lease is kept.
    pub(super) async fn during<T>(
        mut self,
        connection: &PgConnectOptions,
        work: impl Future<Output = Result<T, RebuildError>>,
    ) -> Result<T, RebuildError> {
        let done = tokio::select! {
            done = work => done,
            lost = &mut self.prolonging => match lost {
                Ok(Err(error)) => Err(error.into()),
                Ok(Ok(())) | Err(_) => Err(RebuildError::Overtaken),
            },
        };
        self.prolonging.abort();
        if let Ok(mut connection) = connect(connection, "rebuild lease").await {
            let _ = self.lease.release(&mut connection).await;
        }
        done
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.prolonging.abort();
    }
}

/// Until the lease is another's, or was another's meanwhile.
async fn prolong(lease: Lease, token: i64, mut connection: PgConnection) -> Result<(), sqlx::Error> {
    while lease.take(&mut connection).await? == Some(token) {
        sleep(PROLONG_EVERY).await;
    }
    Ok(())
}
