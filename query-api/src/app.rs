//! What the handlers share.

use std::time::Duration;

use axum::extract::FromRef;
use projections::CheckpointWatch;
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio_util::sync::CancellationToken;

/// Connections a pool of readers has at most, unless told otherwise.
pub const READERS: u32 = 16;

/// A request that has waited this long for a connection is better told to come back.
const PATIENCE: Duration = Duration::from_secs(3);

/// A connection that was not used for so long may be dead.
const ASKED_WHEN_IDLE_FOR: Duration = Duration::from_millis(500);

/// The state of the service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) edge: edge::Context,
    pub(crate) pool: PgPool,
    pub(crate) checkpoints: CheckpointWatch,
}

impl App {
    /// On a pool whose role may read; `cancel` ends what runs in the background.
    #[must_use]
    pub fn new(edge: edge::Context, pool: PgPool, cancel: CancellationToken) -> Self {
        let checkpoints = CheckpointWatch::start(pool.clone(), cancel);
        Self { edge, pool, checkpoints }
    }
}

impl FromRef<App> for edge::Context {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}

/// After a restart of the server all connections that lie idle are dead, and nobody should be told so.
async fn is_alive(connection: &mut PgConnection, idle_for: Duration) -> Result<bool, sqlx::Error> {
    Ok(idle_for < ASKED_WHEN_IDLE_FOR || connection.ping().await.is_ok())
}

/// A pool for [`App`], of at most `connections`. It connects when the first query comes, so that the service starts
/// while the database is still away.
#[must_use]
pub fn reader_pool(options: PgConnectOptions, connections: u32) -> PgPool {
    let options = options.application_name("stagedoor query-api").options([
        ("default_transaction_read_only", "on"),
        ("idle_in_transaction_session_timeout", "5s"),
        // A snapshot that is held for longer keeps dead rows alive.
        ("statement_timeout", "5s"),
        ("tcp_user_timeout", "5s"),
        ("timezone", "UTC"),
    ]);
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        // It would be a round trip for each query.
        .test_before_acquire(false)
        .before_acquire(|connection, pooled| Box::pin(is_alive(connection, pooled.idle_for)))
        .connect_lazy_with(options)
}
