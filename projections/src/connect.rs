//! The connection a read model is written on.

use sqlx::{PgConnection, postgres::PgConnectOptions};

/// Opens it. A writer that was frozen in the middle of a batch must not hold up its successor for long. Losing the
/// last commits in a crash of the database costs nothing: rows and checkpoint go together, and the log has it all.
pub(crate) async fn connect(options: &PgConnectOptions, purpose: &str) -> Result<PgConnection, sqlx::Error> {
    let options =
        options.clone().options([("idle_in_transaction_session_timeout", "5s"), ("lock_timeout", "5s")]);
    let mut connection = event_store::connect(&options, purpose).await?;
    sqlx::query(include_str!("sql/commit_lazily.sql")).execute(&mut connection).await?;
    Ok(connection)
}
