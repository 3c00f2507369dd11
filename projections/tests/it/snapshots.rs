//! What is read at one moment, and what is left of it afterwards.

use projections::Snapshot;
use sqlx::postgres::PgPoolOptions;

use crate::support::{History, World};

/// Lets everything else go on so many times.
async fn turns(count: u32) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_reader_who_gives_up_at_any_time_leaves_no_old_moment_to_the_next() {
    let world = World::new(History::with_orders(53, 1)).await;
    let options = (*world.pool.connect_options()).clone();
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();

    for patience in (0..200).map(|step| step * 16) {
        tokio::select! {
            biased;
            _ = Snapshot::begin(&pool) => {}
            () = turns(patience) => {}
        }
        let isolation: String =
            sqlx::query_scalar("show transaction_isolation").fetch_one(&pool).await.unwrap();
        assert_eq!(isolation, "read committed", "a moment is still held after {patience} turns");
    }
}
