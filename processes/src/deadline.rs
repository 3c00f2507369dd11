//! Nothing waits for ever.

use std::time::Duration;

use tokio::time::timeout;

/// The time one step in the database may take.
const DATABASE: Duration = Duration::from_secs(5);

/// Waits for the database, but not for ever. The connection is not to be used after a failure.
pub(crate) async fn within<T>(step: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(DATABASE, step).await.unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))
}
