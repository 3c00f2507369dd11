//! Those who have followed the log, and so know how long it was. They keep that in the same database, so what they say
//! is a hint: whoever cuts the log can cut it there, too, but has to think of it.

use event_store::Position;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::fault::Fault;

/// Somebody who has seen the log up to a position.
#[derive(Debug, FromRow)]
pub(crate) struct Witness {
    witness: String,
    pub(crate) position: Position,
}

impl Witness {
    /// What it has to say about a log that ends at `head`.
    pub(crate) fn against(&self, head: Position) -> Option<Fault> {
        let Self { witness, position } = self;
        (*position > head).then(|| Fault::Contradicted {
            witness: witness.clone(),
            detail: format!("it has seen position {position}, and the log ends at {head}"),
            position: Some(head + 1),
        })
    }
}

/// Read models and processes.
pub(crate) async fn followers(
    connection: &mut PgConnection,
    log_id: Uuid,
) -> Result<Vec<Witness>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/followers.sql")).bind(log_id).fetch_all(connection).await
}
