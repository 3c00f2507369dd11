//! Whether commands can be carried out.

use edge::Check;
use event_store::Sequencer;
use sqlx::PgPool;

use crate::App;

/// The sequencer works, and the database takes writes.
pub(crate) fn can_append(app: &App) -> Check {
    let (sequencer, pool) = (app.sequencer.clone(), app.pool.clone());
    Check::new("append", move || probe(sequencer.clone(), pool.clone()))
}

async fn probe(sequencer: Sequencer, pool: PgPool) -> Result<(), String> {
    // The task holds the other end as long as it lives.
    if sequencer.head().has_changed().is_err() {
        return Err("the sequencer has stopped".to_owned());
    }
    let writable = sqlx::query_scalar(include_str!("sql/is_writable.sql")).fetch_one(&pool).await;
    match writable {
        Ok(true) => Ok(()),
        Ok(false) => Err("the database is read-only".to_owned()),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            Err("the database does not answer".to_owned())
        }
    }
}
