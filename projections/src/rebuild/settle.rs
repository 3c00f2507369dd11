//! What a slot that was filled in bulk still lacks: indexes, and the planner's statistics.

use std::sync::Arc;

use faultpoint::Point;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::sync::Mutex;

use super::{RebuildError, shadow::Shadow};
use crate::{connect::connect, read_model::ReadModel, slot::Slot, tables};

/// An index over more rows than this takes longer to be made than a transaction may last: it is kept up to date while
/// the rows are written instead.
const INDEXED_AT_ONCE: i64 = 2_000_000;

/// Held by whoever writes a slot or makes an index of it: while an index is made, nobody else can write, and whoever
/// has to wait for that must not hold up what is read.
pub(super) type Turn = Arc<Mutex<()>>;

/// Whether what is read has so many rows that indexes are not made all at once.
pub(super) async fn is_large<M: ReadModel>(
    connection: &mut PgConnection,
    read: Slot,
) -> Result<bool, sqlx::Error> {
    let tables = tables::of(connection, &read.schema(M::NAME)).await?;
    Ok(tables.iter().any(|table| table.rows > INDEXED_AT_ONCE))
}

/// Makes the indexes that the slot lacks, each in a transaction of its own.
pub(super) async fn index<M: ReadModel>(
    database: &PgConnectOptions,
    shadow: Shadow,
    turn: Turn,
) -> Result<(), RebuildError> {
    let mut connection = connect(database, "index").await?;
    loop {
        let _turn = turn.lock().await;
        let mut transaction = connection.begin().await?;
        shadow.hold::<M>(&mut transaction).await?;
        let made: Option<String> = sqlx::query_scalar(include_str!("../sql/slot_index.sql"))
            .bind(M::NAME)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        if made.is_none() {
            faultpoint::reach(Point::RebuildIndexed).await;
            return Ok(());
        }
    }
}

/// Lets the planner know what lies in the slot.
pub(super) async fn analyze<M: ReadModel>(
    connection: &mut PgConnection,
    shadow: Shadow,
) -> Result<(), RebuildError> {
    let mut transaction = connection.begin().await?;
    shadow.hold::<M>(&mut transaction).await?;
    sqlx::query(include_str!("../sql/slot_analyze.sql")).bind(M::NAME).execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}
