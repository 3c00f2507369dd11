//! Holding the lease: one relay works, the others stand by.

use std::time::Duration;

use event_store::{LEASE_SECONDS, Lease};
use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::options::RelayOptions;

const PROLONG_EVERY: Duration = Duration::from_secs(1);
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// Who could not prolong gives up this long before others may take over.
const MARGIN: Duration = Duration::from_secs(1);

/// Takes the lease, prolongs it, and says whether it is held. Ends when `cancel` fires, giving the lease back.
pub(crate) async fn keep(options: &RelayOptions, leading: watch::Sender<bool>, cancel: CancellationToken) {
    let mut keeper = Keeper { lease: options.lease(), database: options.database.clone(), connection: None };
    let mut until = None;
    while !cancel.is_cancelled() {
        let asked = Instant::now();
        match keeper.take().await {
            Ok(true) => until = Some(asked + Duration::from_secs_f64(LEASE_SECONDS) - MARGIN),
            Ok(false) => until = None,
            Err(error) => tracing::warn!(%error, "could not prolong the relay's lease; trying again"),
        }
        let held = until.is_some_and(|until| Instant::now() < until);
        leading.send_if_modified(|known| std::mem::replace(known, held) != held);
        cancel.run_until_cancelled(sleep(PROLONG_EVERY)).await;
    }
    leading.send_replace(false);
    keeper.release().await;
}

struct Keeper {
    lease: Lease,
    database: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Keeper {
    async fn take(&mut self) -> Result<bool, sqlx::Error> {
        // Taken out, so that a connection on which something failed is not used again.
        let connection = self.connection.take();
        let ask = async {
            let mut connection = match connection {
                Some(connection) => connection,
                None => event_store::connect(&self.database, "relay lease").await?,
            };
            let token = self.lease.take(&mut connection).await?;
            Ok::<_, sqlx::Error>((connection, token))
        };
        let (connection, token) = timeout(ANSWER_WITHIN, ask)
            .await
            .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))?;
        self.connection = Some(connection);
        Ok(token.is_some())
    }

    /// A courtesy: without it the next leader waits for the lease's end.
    async fn release(&mut self) {
        if let Some(connection) = &mut self.connection {
            let released = timeout(ANSWER_WITHIN, self.lease.release(connection)).await;
            tracing::debug!(?released, "gave the relay's lease back");
        }
    }
}
