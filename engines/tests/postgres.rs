//! A Postgres of our own, through its whole life.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use engines::testing::private_postgres;
use sqlx::{Connection, PgConnection};

#[tokio::test]
async fn what_was_committed_survives_kill_9_and_the_url_stays_the_same() {
    let own = private_postgres().await.unwrap();
    let url = own.postgres.url();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    sqlx::query("create table kept as select 7 as number").execute(&mut connection).await.unwrap();
    own.postgres.kill9().unwrap();
    assert_eq!(own.postgres.pid(), None);
    own.postgres.restart().await.unwrap();
    assert_eq!(own.postgres.url(), url);
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let number: i32 = sqlx::query_scalar("select number from kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(number, 7);
}
