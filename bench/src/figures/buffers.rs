//! How many buffers a database has touched.

use std::time::Duration;

use tokio::time::sleep;

use crate::{fallible::Fallible, house::House};

/// A backend tells what it did when it ends, and those of whoever was just stopped are about to.
const TOLD_WITHIN: Duration = Duration::from_secs(1);

/// Found in memory or read, by everyone together.
pub(crate) async fn touched(house: &House<'_>) -> Fallible<f64> {
    sleep(TOLD_WITHIN).await;
    let mut connection = house.superuser().await?;
    let sql =
        "select (blks_hit + blks_read)::float8 from pg_stat_database where datname = current_database()";
    Ok(sqlx::query_scalar(sql).fetch_one(&mut connection).await?)
}

/// The same, of the log and its indexes alone; of what [`touched`] counted last.
pub(crate) async fn touched_of_the_log(house: &House<'_>) -> Fallible<f64> {
    let mut connection = house.superuser().await?;
    let sql = "select (heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::float8
        from pg_statio_user_tables where relname = 'events'";
    Ok(sqlx::query_scalar(sql).fetch_one(&mut connection).await?)
}
