//! Projections that are killed, frozen out, or run several times at once.

use std::time::Duration;

use crate::support::{History, Stream, World, expected::log};

#[tokio::test]
async fn two_instances_at_once_have_one_effect() {
    let mut world = World::with(History::with_orders(21, 60)).await;
    let (one, two) = (world.start(None), world.start(None));
    for _ in 0..10 {
        world.history.sell(10);
        world.append().await;
    }
    world.caught_up().await;
    world.is_as_expected().await;
    // The other takes over as soon as the one has gone.
    one.stop().await;
    world.history.sell(10);
    world.append().await;
    world.caught_up().await;
    world.is_as_expected().await;
    two.stop().await;
}

#[tokio::test]
async fn instances_that_ignore_the_lease_are_fenced() {
    let mut world = World::with(History::with_orders(22, 30)).await;
    // With the lease in the hands of one who does nothing, everybody helps at once.
    world
        .execute(
            "insert into leases select 'projection ' || name, gen_random_uuid(), 1, now() + interval '1 hour'
             from unnest(array['shows', 'inventory', 'orders', 'payments']) as held (name)",
        )
        .await;
    let running = [world.start(None), world.start(None), world.start(None)];
    for _ in 0..20 {
        world.history.sell(5);
        world.append().await;
    }
    world.caught_up().await;
    world.is_as_expected().await;
    for one in running {
        one.stop().await;
    }
}

#[tokio::test]
async fn a_crash_at_any_moment_loses_and_doubles_nothing() {
    let mut world = World::with(History::with_orders(23, 10)).await;
    let stream = Stream::create().await;
    let log_id = world.head().await.log_id;
    for round in 0..20_u64 {
        // A runtime of its own, so that all of it stops at once, wherever it is.
        let (database, name) = (world.database.clone(), stream.name.clone());
        let life = Duration::from_millis(60 + 12 * round);
        let crash = std::thread::spawn(move || crash_after(database, name, life));
        while !crash.is_finished() {
            world.history.sell(1);
            world.append_by(2).await;
        }
        crash.join().unwrap();
        // The dead can't give their leases back, and nobody is to wait for them here.
        world.execute("delete from leases").await;
    }
    stream.publish(&log(&world).await, log_id).await;
    let running = world.start(Some(&stream));
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

fn crash_after(database: sqlx::postgres::PgConnectOptions, stream: String, life: Duration) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let cancel = tokio_util::sync::CancellationToken::new();
        let head = event_store::watch_head(database.clone(), cancel.clone());
        let options = projections::ProjectionOptions {
            database,
            own: event_store::Own::default(),
            nats: Some(engines::testing::nats_client().await),
            stream,
            models: projections::Model::ALL.to_vec(),
        };
        let tracker = tokio_util::task::TaskTracker::new();
        projections::Projections::start(options, head, cancel, &tracker);
        tokio::time::sleep(life).await;
    });
    runtime.shutdown_background();
}
