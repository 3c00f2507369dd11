//! Emptying the slot that is not read.
//!
//! `truncate` is quick, and it is not undone by a snapshot: who began to read the slot before it was swapped away would
//! find nothing there. So those are waited for; where one of them stays too long, rows are deleted instead, which takes
//! longer and disturbs nobody.

use std::time::Duration;

use faultpoint::{Sabotage, sabotaged};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::{Instant, sleep};

use super::{RebuildError, shadow::Shadow};
use crate::{fence::Fence, parked, read_model::ReadModel, tables};

/// How long it is waited for those who may still read the slot.
const READERS_MAY_TAKE: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Rows that are deleted in one transaction.
const AT_ONCE: i64 = 20_000;

/// Empties the slot; `read` says that it may have been read a moment ago.
pub(super) async fn slot<M: ReadModel>(
    connection: &mut PgConnection,
    shadow: &Shadow,
    read: bool,
) -> Result<(), RebuildError> {
    let unread = !read || sabotaged(Sabotage::ReadersNotWaitedFor) || readers_are_gone(connection).await?;
    if unread && at_once::<M>(connection, shadow).await? {
        return Ok(());
    }
    tracing::warn!(
        projection = M::NAME,
        "somebody still reads the old slot: its rows are deleted one by one"
    );
    row_by_row::<M>(connection, shadow).await
}

/// Whether all transactions that are open now have ended within a while.
async fn readers_are_gone(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let begun = Instant::now();
    let open: Vec<String> =
        sqlx::query_scalar(include_str!("../sql/open_transactions.sql")).fetch_all(&mut *connection).await?;
    while begun.elapsed() < READERS_MAY_TAKE {
        let left: bool = sqlx::query_scalar(include_str!("../sql/still_open.sql"))
            .bind(&open)
            .fetch_one(&mut *connection)
            .await?;
        if !left {
            return Ok(true);
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(false)
}

/// Whether nobody held a lock on the tables for longer than the server is willing to wait.
async fn at_once<M: ReadModel>(connection: &mut PgConnection, shadow: &Shadow) -> Result<bool, RebuildError> {
    let mut transaction = connection.begin().await?;
    shadow.hold::<M>(&mut transaction).await?;
    sqlx::raw_sql(include_str!("../sql/be_patient.sql")).execute(&mut *transaction).await?;
    let emptied =
        sqlx::query(include_str!("../sql/slot_empty.sql")).bind(M::NAME).execute(&mut *transaction).await;
    match emptied {
        Ok(_) => {}
        Err(error) if is_locked(&error) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    parked::release_all(&mut transaction, M::NAME, shadow.slot()).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn row_by_row<M: ReadModel>(
    connection: &mut PgConnection,
    shadow: &Shadow,
) -> Result<(), RebuildError> {
    let mut transaction = connection.begin().await?;
    shadow.hold::<M>(&mut transaction).await?;
    parked::release_all(&mut transaction, M::NAME, shadow.slot()).await?;
    transaction.commit().await?;
    for table in tables::of(connection, &shadow.slot().schema(M::NAME)).await? {
        let delete = include_str!("../sql/slot_delete.sql").replace("{table}", &table.qualified());
        loop {
            let mut transaction = connection.begin().await?;
            shadow.hold::<M>(&mut transaction).await?;
            let delete = sqlx::query(AssertSqlSafe(delete.clone())).bind(AT_ONCE);
            let deleted = delete.execute(&mut *transaction).await?.rows_affected();
            transaction.commit().await?;
            if deleted == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// SQLSTATE `lock_not_available`.
fn is_locked(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("55P03"))
}
