//! Which log this is.

use sqlx::PgConnection;
use uuid::Uuid;

/// Begins a transaction in which nobody else appends. Not patient: whoever serves the log holds it for milliseconds.
pub(crate) async fn lock(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("set lock_timeout = '5s'").execute(&mut *connection).await?;
    sqlx::raw_sql(include_str!("sql/lock.sql")).execute(connection).await.map(|_| ())
}

/// Gives the log another id. States of streams that were kept beside it may be of events that are no longer in it.
pub(crate) async fn renew(connection: &mut PgConnection) -> Result<Uuid, sqlx::Error> {
    sqlx::raw_sql(include_str!("sql/forget_snapshots.sql")).execute(&mut *connection).await?;
    sqlx::query_scalar(include_str!("sql/renew_log_id.sql")).fetch_one(connection).await
}
