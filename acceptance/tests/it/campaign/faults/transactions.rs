//! Transactions that somebody leaves open.

use std::time::Duration;

use rand::{RngExt, rngs::StdRng};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use tokio::time::sleep;

use super::{Came, happened};
use crate::campaign::office::Office;

async fn connection(office: &Office, role: &str) -> Result<PgConnection, sqlx::Error> {
    office.world.database_url(role).parse::<PgConnectOptions>()?.connect().await
}

/// Does this, and then nothing for a while.
async fn open(office: &Office, role: &str, sql: &'static str, time: Duration) -> Came {
    let attempt = async {
        let mut connection = connection(office, role).await?;
        sqlx::raw_sql(sql).execute(&mut connection).await?;
        sleep(time).await;
        // Postgres may have died meanwhile, or ended it.
        let _ = connection.close().await;
        Ok::<_, sqlx::Error>(())
    };
    match attempt.await {
        Ok(()) => happened(),
        Err(error) => Came::Missed(error.to_string()),
    }
}

pub(super) async fn snapshot(office: &Office, rng: &mut StdRng) -> Came {
    let sql = "begin isolation level repeatable read; select count(*) from events";
    open(office, "acceptance_reader", sql, Duration::from_millis(rng.random_range(4_000..15_000))).await
}

pub(super) async fn idle(office: &Office, rng: &mut StdRng) -> Came {
    let sql = "begin; select pg_current_xact_id(); select * from orders limit 1";
    open(office, "acceptance_reader", sql, Duration::from_millis(rng.random_range(4_000..15_000))).await
}

/// Those who wait end it after 5 s.
pub(super) async fn idle_lock(office: &Office) -> Came {
    let sql = "begin; lock table log_lock in exclusive mode";
    open(office, "acceptance_writer", sql, Duration::from_secs(7)).await
}
