//! How far a process has read, and for whom that is recorded.

use event_store::Position;
use faultpoint::{Point, Sabotage, sabotaged};
use sqlx::{Connection, FromRow, PgConnection};
use uuid::Uuid;

use crate::{net::NetReactions, process::Reaction};

#[derive(FromRow)]
struct Known {
    position: Position,
    log_id: Uuid,
    token: i64,
}

/// Which log a process has read and how far, for the holder of lease `token`; `None` if a later holder has been here. The
/// first time, or if the checkpoint is of another log or beyond the end of this one, it is set to the log's beginning, and
/// steps that were derived from what is not in this log are forgotten.
pub(crate) async fn take_over(
    connection: &mut PgConnection,
    process: &str,
    token: i64,
) -> Result<Option<(Uuid, Position)>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let known: Option<Known> = sqlx::query_as(include_str!("sql/known_checkpoint.sql"))
        .bind(process)
        .fetch_optional(&mut *transaction)
        .await?;
    // Not before the checkpoint: whoever had the lease may have read on until it was locked.
    let head = event_store::head(&mut transaction).await?;
    let position = match known {
        Some(known) if known.token > token && !sabotaged(Sabotage::FencingOff) => None,
        Some(known) if known.log_id == head.log_id && known.position <= head.position => {
            claim(&mut transaction, process, token).await?;
            Some(known.position)
        }
        Some(_) | None => restart(&mut transaction, process, head.log_id, token).await?.then_some(0),
    };
    transaction.commit().await?;
    Ok(position.map(|position| (head.log_id, position)))
}

async fn claim(connection: &mut PgConnection, process: &str, token: i64) -> Result<(), sqlx::Error> {
    let claim = sqlx::query(include_str!("sql/claim.sql")).bind(process).bind(token);
    claim.execute(connection).await.map(|_| ())
}

/// `false`, and nothing is forgotten, if a later holder of the lease was faster.
async fn restart(
    connection: &mut PgConnection,
    process: &str,
    log_id: Uuid,
    token: i64,
) -> Result<bool, sqlx::Error> {
    let restart = sqlx::query(include_str!("sql/restart.sql")).bind(process).bind(log_id).bind(token);
    if restart.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(include_str!("sql/forget_steps.sql")).bind(process).execute(connection).await?;
    Ok(true)
}

/// Records that a process has read from `from` to `to` and what followed. `false` if another worker has the lease.
pub(crate) async fn advance(
    connection: &mut PgConnection,
    process: &str,
    token: i64,
    (from, to): (Position, Position),
    reactions: &[(Uuid, Reaction)],
) -> Result<bool, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let fenced = sqlx::query(include_str!("sql/advance.sql"))
        .bind(process)
        .bind(token)
        .bind(from)
        .bind(to)
        .execute(&mut *transaction)
        .await?;
    if fenced.rows_affected() == 0 && !sabotaged(Sabotage::FencingOff) {
        return Ok(false);
    }
    if sabotaged(Sabotage::StepsApartFromCheckpoint) {
        transaction.commit().await?;
        transaction = connection.begin().await?;
    }
    NetReactions::of(reactions).write(&mut transaction, process).await?;
    faultpoint::pass(Point::ProcessesBeforeCommit).await?;
    transaction.commit().await?;
    faultpoint::reach(Point::ProcessesAfterCommit).await;
    Ok(true)
}
