//! Read models made anew beside those that are read.

use std::{collections::BTreeSet, time::Duration};

use projections::{
    Model, Outcome, PageRequest, Progress, RebuildError, Snapshot, Stage, Viewer,
    orders::{self, OrderFilter},
    rebuild, verify,
};
use serde_json::json;
use sqlx::postgres::PgConnectOptions;
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::support::{History, World};

const EVERYTHING: OrderFilter =
    OrderFilter { viewer: Viewer::Operator, status: None, show: None, user: None };
const PAGE: PageRequest = PageRequest { before: None, limit: 100 };
/// What nobody keeps waiting happens at once.
const AT_ONCE: Duration = Duration::from_secs(1);

async fn rebuilt(world: &World, model: Model) -> Outcome {
    rebuild(&world.database, model, watch::Sender::default()).await.unwrap()
}

async fn verified(world: &World, model: Model) -> Outcome {
    verify(&world.database, model, watch::Sender::default()).await.unwrap()
}

/// A log of so many orders, which the read models have caught up with.
async fn caught_up(seed: u64, orders: usize) -> World {
    let world = World::with(History::with_orders(seed, orders)).await;
    let running = world.start(None);
    world.caught_up().await;
    running.stop().await;
    world
}

async fn all_are_right(world: &World) {
    for model in Model::ALL {
        let outcome = verified(world, model).await;
        assert!(outcome.differences.is_empty(), "{outcome:#?}");
    }
}

#[tokio::test]
async fn what_is_right_is_verified_and_nothing_is_left() {
    let world = caught_up(61, 120).await;
    let head = world.head().await.position;
    for model in Model::ALL {
        let outcome = verified(&world, model).await;
        assert_eq!((outcome.position, outcome.swapped), (head, false), "{outcome:?}");
        assert!(outcome.differences.is_empty(), "{outcome:?}");
    }
    let rows =
        world.number("select (select count(*) from orders) + (select count(*) from order_tickets)").await;
    assert_eq!(verified(&world, Model::Orders).await.rows, rows);
    assert_eq!(world.number("select count(*) from projection_shadows").await, 0);
    assert_eq!(world.number("select count(*) from orders_b.orders").await, 0);
    assert_eq!(world.number("select count(*) from projection_checkpoints where slot = 'a'").await, 6);
}

/// Rows that no event made, and some that are missing or wrong.
async fn spoil(world: &World) {
    world.execute("insert into payments_a.payments (payment_id, customer, show_id, status, amount, currency, request, created_position, created_at) values ('00000000-0000-0000-0000-000000000007', gen_random_uuid(), gen_random_uuid(), 'pending', 1, 'EUR', '{}', 1, now())").await;
    world
        .execute(
            "delete from orders_a.order_tickets where code = (select min(code) from orders_a.order_tickets)",
        )
        .await;
    world.execute("update inventory_a.inventory set held = held + 7 where show_id = (select min(show_id::text)::uuid from inventory_a.inventory)").await;
    world.execute("insert into parked_entities values ('orders', 'order-x', 1, 'of old', now(), 'a')").await;
}

#[tokio::test]
async fn differences_are_told_by_key_and_column_and_mended() {
    let mut world = World::with(History::with_orders(62, 120)).await;
    let running = world.start(None);
    world.caught_up().await;
    spoil(&world).await;
    let payments = verified(&world, Model::Payments).await.differences;
    assert_eq!(payments.different_rows, 1);
    let found = &payments.differences[0];
    assert_eq!((found.table.as_str(), &found.column, &found.log), ("payments", &None, &json!(null)));
    assert_eq!(found.key["payment_id"], "00000000-0000-0000-0000-000000000007");
    assert_eq!(found.live["amount"], 1);
    let inventory = verified(&world, Model::Inventory).await.differences;
    let found = &inventory.differences[0];
    assert_eq!((inventory.differences.len(), found.column.as_deref()), (1, Some("held")));
    assert_eq!(found.live.as_i64().unwrap(), found.log.as_i64().unwrap() + 7);
    let orders = verified(&world, Model::Orders).await.differences;
    let found = orders.differences.iter().map(|one| (one.table.as_str(), one.live.is_null()));
    assert_eq!(found.collect::<Vec<_>>(), [("order_tickets", true), ("parked_entities", false)]);

    for model in Model::ALL {
        let outcome = rebuilt(&world, model).await;
        let wrong = [Model::Payments, Model::Inventory, Model::Orders].contains(&model);
        assert_eq!((outcome.swapped, outcome.differences.is_empty()), (true, !wrong), "{outcome:?}");
    }
    world.is_as_expected().await;
    all_are_right(&world).await;
    assert_eq!(world.number("select count(*) from parked_entities").await, 0);
    assert_eq!(world.number("select count(*) from projection_checkpoints where slot = 'b'").await, 6);
    assert_eq!(world.number("select count(*) from orders_a.orders").await, 0, "what was read is emptied");
    // The projections go on with what is read now.
    world.history.sell(30);
    world.append().await;
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn rows_that_are_only_written_differently_are_the_same() {
    let world = caught_up(64, 60).await;
    world.execute("update orders_a.orders set placed = placed::jsonb::json").await;
    let outcome = verified(&world, Model::Orders).await;
    assert!(outcome.differences.is_empty(), "{outcome:#?}");
    world.execute("update orders_a.orders set placed = (placed::jsonb || '{\"total\": 1}')::json").await;
    let found = verified(&world, Model::Orders).await.differences;
    assert_eq!(found.different_rows, world.number("select count(*) from orders").await.unsigned_abs());
    assert!(found.differences.iter().all(|one| one.column.as_deref() == Some("placed")));
}

#[tokio::test]
async fn both_slots_have_the_same_indexes_once_one_was_rebuilt() {
    let world = caught_up(65, 20).await;
    for model in Model::ALL {
        rebuilt(&world, model).await;
        rebuilt(&world, model).await;
    }
    let different = "
        with indexes as (
            select replace(schemaname, '_b', '_a') as model,
                   replace(indexdef, '_b.', '_a.') as index
            from pg_indexes
            where schemaname ~ '_[ab]$'
        )
        select count(*) from (select model, index from indexes group by 1, 2 having count(*) <> 2) odd
        where index not like '%UNIQUE%'";
    // The slot that is not read has none; it is filled, and gets them then.
    let secondary = world
        .number("select count(*) from pg_indexes where schemaname ~ '_a$' and indexdef not like '%UNIQUE%'")
        .await;
    assert_eq!(world.number(different).await, secondary);
    for model in Model::ALL {
        rebuilt(&world, model).await;
    }
    let moved = world
        .number("select count(*) from pg_indexes where schemaname ~ '_b$' and indexdef not like '%UNIQUE%'")
        .await;
    assert_eq!(moved, secondary);
}

/// Reads as query-api does, all the time; how often.
fn read_on(world: &World, cancel: CancellationToken) -> JoinHandle<u64> {
    let pool = world.pool.clone();
    tokio::spawn(async move {
        let (mut reads, mut last) = (0, 0);
        while !cancel.is_cancelled() {
            let mut snapshot = Snapshot::begin(&pool).await.unwrap();
            let position = snapshot.position(&Model::ALL).await.unwrap();
            assert!(position >= last, "positions went back from {last} to {position}");
            last = position;
            let found = orders::list(&mut snapshot, EVERYTHING, PAGE).await.unwrap().items;
            assert_eq!(found.len(), 100, "at {position}");
            let mut settled = found.iter().filter(|order| order.position <= position);
            assert!(settled.all(|order| order.payment.is_some()), "at {position}");
            snapshot.close().await.unwrap();
            reads += 1;
        }
        reads
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_notices_rebuilds_under_load() {
    let mut world = World::with(History::with_orders(63, 400)).await;
    let running = world.start(None);
    world.caught_up().await;
    let cancel = CancellationToken::new();
    let readers = [read_on(&world, cancel.clone()), read_on(&world, cancel.clone())];
    for slot in ["b", "a"] {
        let database = world.database.clone();
        let all = tokio::spawn(async move {
            for model in Model::ALL {
                let outcome = rebuild(&database, model, watch::Sender::default()).await.unwrap();
                assert!(outcome.differences.is_empty(), "{outcome:?}");
            }
        });
        while !all.is_finished() {
            world.history.sell(2);
            world.append().await;
        }
        all.await.unwrap();
        let in_b = world.number("select count(*) from projection_checkpoints where slot = 'b'").await;
        assert_eq!(in_b, if slot == "b" { 6 } else { 0 });
    }
    cancel.cancel();
    for reader in readers {
        assert!(reader.await.unwrap() > 50);
    }
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn who_began_to_read_before_a_swap_reads_to_the_end() {
    let world = caught_up(66, 60).await;
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    let database = world.database.clone();
    let mut rebuilding =
        tokio::spawn(async move { rebuild(&database, Model::Orders, watch::Sender::default()).await });
    world
        .until("the swap", async || {
            world.number("select count(*) from projection_checkpoints where slot = 'b'").await == 1
        })
        .await;
    assert!(
        timeout(AT_ONCE, &mut rebuilding).await.is_err()
            || faultpoint::sabotaged(faultpoint::Sabotage::ReadersNotWaitedFor)
    );
    let found = orders::list(&mut snapshot, EVERYTHING, PAGE).await.unwrap().items;
    assert!(!found.is_empty(), "the rows are gone");
    snapshot.close().await.unwrap();
    rebuilding.await.unwrap().unwrap();
    assert_eq!(world.number("select count(*) from orders_a.orders").await, 0);
    world.is_as_expected().await;
}

#[tokio::test]
async fn who_never_ends_keeps_nobody_from_anything() {
    let world = caught_up(67, 60).await;
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    let before = orders::list(&mut snapshot, EVERYTHING, PAGE).await.unwrap().items;
    rebuilt(&world, Model::Orders).await;
    assert_eq!(world.number("select count(*) from orders_a.orders").await, 0);
    world.is_as_expected().await;
    let after = orders::list(&mut snapshot, EVERYTHING, PAGE).await.unwrap().items;
    assert_eq!(before, after, "their rows are deleted for everybody but them");
    snapshot.close().await.unwrap();
    rebuilt(&world, Model::Orders).await;
    all_are_right(&world).await;
}

#[tokio::test]
async fn one_at_a_time_and_the_other_is_told() {
    let world = caught_up(68, 20).await;
    world
        .execute(
            "insert into leases values ('rebuild shows', gen_random_uuid(), 1, now() + interval '1 hour')",
        )
        .await;
    let refused = verify(&world.database, Model::Shows, watch::Sender::default()).await;
    assert!(matches!(refused, Err(RebuildError::Busy("shows"))), "{refused:?}");
    assert!(verified(&world, Model::Orders).await.differences.is_empty());
}

#[tokio::test]
async fn what_could_not_be_made_anew_takes_the_place_of_nothing_and_is_of_no_use_later() {
    let world = caught_up(68, 120).await;
    world.execute("alter table orders_b.orders add constraint refused check (status <> 'confirmed')").await;

    let refused = rebuild(&world.database, Model::Orders, watch::Sender::default()).await;

    let Err(RebuildError::Parked { entity, reason, entities, .. }) = refused else {
        panic!("{refused:?}");
    };
    let confirmed = world.number("select count(*) from orders where status = 'confirmed'").await;
    assert!(entities == confirmed && entity.starts_with("order-") && reason.contains("refused"), "{reason}");
    assert_eq!(world.number("select count(*) from projection_checkpoints where slot = 'a'").await, 6);
    world.is_as_expected().await;
    world.execute("alter table orders_b.orders drop constraint refused").await;
    let outcome = rebuilt(&world, Model::Orders).await;
    assert!((outcome.resumed_from, outcome.swapped) == (0, true), "{outcome:?}");
    assert_eq!(world.number("select count(*) from parked_entities").await, 0);
    all_are_right(&world).await;
}

/// More than a chunk may hold, and more than a page should.
#[tokio::test]
async fn heavy_events_are_all_read() {
    let world = caught_up(69, 300).await;
    world.execute("alter table events disable trigger all").await;
    world
        .execute(
            "update events set metadata = (metadata::jsonb || jsonb_build_object('more', repeat('x', 200000)))::json
             where stream_id like 'order-%'",
        )
        .await;
    assert!(world.number("select sum(length(metadata::text)) from events").await > 50 << 20);

    assert!(rebuilt(&world, Model::Orders).await.differences.is_empty());

    world.is_as_expected().await;
    all_are_right(&world).await;
}

#[tokio::test]
async fn what_has_no_rows_of_this_log_is_left_to_the_projections() {
    let world = World::with(History::with_orders(69, 10)).await;
    let refused = rebuild(&world.database, Model::Shows, watch::Sender::default()).await;
    assert!(matches!(refused, Err(RebuildError::NotBegun("shows"))), "{refused:?}");
    world.execute("insert into projection_checkpoints select 'shows', 0, log_id, 2, 'running', null, now() from log_identity").await;
    let refused = rebuild(&world.database, Model::Shows, watch::Sender::default()).await;
    assert!(matches!(refused, Err(RebuildError::Newer { found: 2, .. })), "{refused:?}");
    world.execute("update projection_checkpoints set version = 1, log_id = gen_random_uuid()").await;
    let refused = rebuild(&world.database, Model::Shows, watch::Sender::default()).await;
    assert!(matches!(refused, Err(RebuildError::NotBegun("shows"))), "{refused:?}");
}

/// When a rebuild dies.
#[derive(Debug, Clone, Copy)]
enum Death {
    After(Duration),
    /// As soon as it has come so far.
    At(Stage, i64),
}

/// Dies where it is, as a process would.
fn die(database: &PgConnectOptions, model: Model, death: Death) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let (sender, mut progress) = watch::channel(Progress::default());
        let reached = async {
            match death {
                Death::After(life) => tokio::time::sleep(life).await,
                Death::At(stage, done) => {
                    let there = |now: &Progress| now.stage == stage && now.done >= done;
                    progress.wait_for(there).await.unwrap();
                }
            }
        };
        tokio::select! {
            () = reached => {}
            done = rebuild(database, model, sender) => drop(done.unwrap()),
        }
    });
    runtime.shutdown_background();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_dies_at_any_moment_is_taken_up() {
    let mut world = World::with(History::with_orders(70, 700)).await;
    let running = world.start(None);
    world.caught_up().await;
    let mut seen = BTreeSet::new();
    for round in 0..20 {
        let deaths = [
            Death::At(Stage::Filling, 1),
            Death::After(Duration::from_millis(60 + 23 * round as u64)),
            Death::At(Stage::Comparing, 1),
            Death::After(Duration::from_millis(23 * round as u64)),
            Death::At(Stage::Swapping, 0),
        ];
        let database = world.database.clone();
        let (death, model) = (deaths[round % 5], [Model::Orders, Model::Inventory][round % 2]);
        let death = std::thread::spawn(move || die(&database, model, death));
        while !death.is_finished() {
            world.history.sell(1);
            world.append().await;
        }
        death.join().unwrap();
        let left: Vec<(String, i64)> = sqlx::query_as("select purpose, position from projection_shadows")
            .fetch_all(&world.pool)
            .await
            .unwrap();
        seen.extend(left.into_iter().map(|(purpose, position)| (purpose, position > 0)));
        // Nobody is to wait for the leases of the dead here.
        world.execute("delete from leases where name like 'rebuild %'").await;
    }
    assert!(seen.contains(&("rebuild".to_owned(), true)), "it never died half-way: {seen:?}");
    for model in Model::ALL {
        let outcome = rebuilt(&world, model).await;
        assert!(outcome.swapped && outcome.differences.is_empty(), "{outcome:?}");
    }
    world.caught_up().await;
    world.is_as_expected().await;
    all_are_right(&world).await;
    running.stop().await;
}

/// What an older fold made may hold what the newer one can't take.
#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_that_parks_something_is_taken_up_all_the_same() {
    let world = caught_up(71, 700).await;
    world.execute("update projection_checkpoints set version = 0 where name = 'orders'").await;
    world.execute("alter table orders_b.orders add constraint refused check (status <> 'confirmed')").await;
    let database = world.database.clone();
    std::thread::spawn(move || die(&database, Model::Orders, Death::At(Stage::Indexing, 0))).join().unwrap();
    assert!(world.number("select count(*) from parked_entities where slot = 'b'").await > 0);
    world.execute("delete from leases where name like 'rebuild %'").await;

    let outcome = rebuilt(&world, Model::Orders).await;

    assert!(outcome.resumed_from > 0 && outcome.swapped, "{outcome:?}");
}
