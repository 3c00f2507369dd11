//! Connections of our own: hot workers hold one each, because a pool costs more than the driver.

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

/// How long the server waits for a vanished peer before it gives up a connection.
const TCP_USER_TIMEOUT: &str = "5s";

/// Opens a connection that commits durably and reads what is committed.
///
/// # Errors
/// The server can't be reached or refuses.
pub async fn connect(options: &PgConnectOptions, purpose: &str) -> Result<PgConnection, sqlx::Error> {
    let options = options.clone().application_name(&format!("stagedoor {purpose}")).options([
        ("synchronous_commit", "on"),
        ("default_transaction_isolation", "read committed"),
        ("tcp_user_timeout", TCP_USER_TIMEOUT),
        ("timezone", "UTC"),
    ]);
    PgConnection::connect_with(&options).await
}
