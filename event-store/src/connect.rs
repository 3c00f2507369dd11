//! Connections of our own: hot workers hold one each, because a pool costs more than the driver.

use std::time::Duration;

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::time::timeout;

/// How long the server waits for a vanished peer before it gives up a connection.
const TCP_USER_TIMEOUT: &str = "5s";
/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The options of a connection that commits durably and reads what is committed; `purpose` shows in
/// `pg_stat_activity`.
#[must_use]
pub fn session_options(options: PgConnectOptions, purpose: &str) -> PgConnectOptions {
    options.application_name(&format!("stagedoor {purpose}")).options([
        ("synchronous_commit", "on"),
        ("default_transaction_isolation", "read committed"),
        ("tcp_user_timeout", TCP_USER_TIMEOUT),
        ("timezone", "UTC"),
    ])
}

/// Opens a connection with [`session_options`].
///
/// # Errors
/// The server can't be reached within 3 s, or refuses.
pub async fn connect(options: &PgConnectOptions, purpose: &str) -> Result<PgConnection, sqlx::Error> {
    let options = session_options(options.clone(), purpose);
    within(CONNECT_TIMEOUT, PgConnection::connect_with(&options)).await
}

/// Gives up what takes longer than `limit`; the connection it used is then in an unknown state.
pub(crate) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    timeout(limit, work).await.unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))
}
