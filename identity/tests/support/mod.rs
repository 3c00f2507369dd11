//! A database of its own for each test.

use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

const ROLES: &str = include_str!("../../../event-store/src/sql/roles.sql");

const MIGRATIONS: [&str; 6] = [
    include_str!("../../../migrations/0020_users.sql"),
    include_str!("../../../migrations/0021_sessions.sql"),
    include_str!("../../../migrations/0022_role_changes.sql"),
    include_str!("../../../migrations/0090_users_can_be_erased.sql"),
    include_str!("../../../migrations/0091_erasures.sql"),
    include_str!("../../../migrations/0092_users_leave_no_statistics.sql"),
];

/// A pool on a new database with identity's tables.
pub(crate) async fn database() -> PgPool {
    let server: PgConnectOptions = engines::testing::shared().await.postgres_url.parse().unwrap();
    let mut admin = PgConnection::connect_with(&server).await.unwrap();
    admin.execute(ROLES).await.unwrap();
    let name = format!("identity_{}", Uuid::new_v4().simple());
    admin.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    let options = PgPoolOptions::new().max_connections(8);
    let pool = options.connect_with(server.database(&name)).await.unwrap();
    for migration in MIGRATIONS {
        pool.execute(migration).await.unwrap();
    }
    pool
}
