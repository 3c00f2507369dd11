//! How far those who read the stream have come.

use std::time::Duration;

use event_store::Position;
use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::time::timeout;
use uuid::Uuid;

const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Where checkpoints are kept, each with the query for the lowest. Any of them may be missing.
const KEPT: [(&str, &str); 2] = [
    ("public.projection_checkpoints", include_str!("sql/lowest_projection.sql")),
    ("public.process_checkpoints", include_str!("sql/lowest_process.sql")),
];

/// The lowest checkpoint in this log. One of another log does not count: who holds it starts again, from the log.
pub(crate) async fn lowest(
    database: &PgConnectOptions,
    log_id: Uuid,
) -> Result<Option<Position>, sqlx::Error> {
    let ask = async {
        let mut connection = event_store::connect(database, "relay checkpoints").await?;
        let mut lowest = None;
        for (table, query) in KEPT {
            if exists(&mut connection, table).await? {
                let found: Option<Position> =
                    sqlx::query_scalar(query).bind(log_id).fetch_one(&mut connection).await?;
                lowest = [lowest, found].into_iter().flatten().min();
            }
        }
        Ok(lowest)
    };
    timeout(ANSWER_WITHIN, ask).await.unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))
}

async fn exists(connection: &mut PgConnection, table: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/table_exists.sql")).bind(table).fetch_one(connection).await
}
