//! How far those who follow the log have come.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::House;
use crate::fallible::Fallible;

const LOOK_EVERY: Duration = Duration::from_millis(20);
const WITHIN: Duration = Duration::from_mins(15);

impl House<'_> {
    /// The log's last position.
    pub(crate) async fn head(&self) -> Fallible<i64> {
        let sql = "select coalesce(max(position), 0) from events";
        Ok(sqlx::query_scalar(sql).fetch_one(&mut self.superuser().await?).await?)
    }

    /// Waits until read models, processes and the stream have come to the end of the log; how long that took.
    pub(crate) async fn caught_up(&self) -> Fallible<Duration> {
        let begun = Instant::now();
        let mut connection = self.superuser().await?;
        let head = u64::try_from(self.head().await?)?;
        let jetstream = self.jetstream().await?;
        loop {
            let backlog: i64 =
                sqlx::query_scalar(include_str!("sql/backlog.sql")).fetch_one(&mut connection).await?;
            if backlog == 0 && self.last_sequence(&jetstream).await >= head {
                return Ok(begun.elapsed());
            }
            pause(begun).await?;
        }
    }

    /// Waits until so many read models have come to the end of the log.
    pub(crate) async fn projected(&self, models: i64) -> Fallible<()> {
        let begun = Instant::now();
        let mut connection = self.superuser().await?;
        loop {
            let behind: i64 = sqlx::query_scalar(include_str!("sql/projections_behind.sql"))
                .bind(models)
                .fetch_one(&mut connection)
                .await?;
            if behind == 0 {
                return Ok(());
            }
            pause(begun).await?;
        }
    }
}

async fn pause(begun: Instant) -> Fallible<()> {
    if begun.elapsed() > WITHIN {
        return Err("what follows the log does not catch up".into());
    }
    sleep(LOOK_EVERY).await;
    Ok(())
}
