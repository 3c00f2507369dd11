//! Checkpoints that are refused.

use crate::support::{History, World};

async fn spoil(world: &World) {
    world.execute("insert into payments_a.payments (payment_id, customer, show_id, status, amount, currency, request, created_position, created_at) values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'pending', 1, 'EUR', '{}', 1, now())").await;
    world.execute("delete from orders_a.order_tickets").await;
    world.execute("update inventory_a.inventory set held = 7").await;
    world.execute("insert into parked_entities values ('orders', 'order-x', 1, 'of old', now(), 'a')").await;
}

#[tokio::test]
async fn a_checkpoint_of_another_log_is_refused_and_the_read_model_rebuilt() {
    let world = World::with(History::with_orders(41, 60)).await;
    let running = world.start(None);
    world.caught_up().await;
    running.stop().await;
    spoil(&world).await;
    world.execute("update log_identity set log_id = gen_random_uuid()").await;
    let running = world.start(None);
    world.until("all are of this log", async || world.number("select count(*) from projection_checkpoints join log_identity using (log_id) where state = 'running'").await == 6).await;
    world.caught_up().await;
    world.is_as_expected().await;
    assert_eq!(world.number("select count(*) from parked_entities").await, 0);
    running.stop().await;
}

#[tokio::test]
async fn a_log_that_is_replaced_under_running_projections_is_noticed() {
    let world = World::with(History::with_orders(42, 20)).await;
    let running = world.start(None);
    world.caught_up().await;
    spoil(&world).await;
    world.execute("update log_identity set log_id = gen_random_uuid()").await;
    world
        .until("all are of this log", async || {
            world.number("select count(*) from projection_checkpoints join log_identity using (log_id)").await
                == 6
        })
        .await;
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn a_checkpoint_beyond_the_log_or_of_an_older_fold_is_refused() {
    let world = World::with(History::with_orders(43, 20)).await;
    let running = world.start(None);
    world.caught_up().await;
    running.stop().await;
    spoil(&world).await;
    world
        .execute(
            "update projection_checkpoints set position = 1000000 where name in ('payments', 'inventory')",
        )
        .await;
    world.execute("update projection_checkpoints set version = 0 where name = 'orders'").await;
    let running = world.start(None);
    let head = world.head().await.position;
    world
        .until("all are at the head", async || {
            world.number("select count(*) from projection_checkpoints where version >= 1").await == 6
                && world.number("select max(position) from projection_checkpoints").await == head
        })
        .await;
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn rows_of_an_older_fold_are_read_and_gone_on_with_until_newer_ones_replace_them() {
    let mut world = World::with(History::with_orders(45, 200)).await;
    let running = world.start(None);
    world.caught_up().await;
    running.stop().await;
    world.execute("update projection_checkpoints set version = 0").await;
    world.execute("update payments_a.payments set reason = 'of old'").await;
    let orders = i64::try_from(world.history.orders.len()).unwrap();
    // Nobody may begin the rebuild yet.
    world
        .execute(
            "insert into leases select 'rebuild ' || name, gen_random_uuid(), 1, now() + interval '1 hour'
             from projection_checkpoints",
        )
        .await;
    let running = world.start(None);
    world.history.sell(20);
    world.append().await;
    world.caught_up().await;
    assert_eq!(world.number("select count(*) from projection_checkpoints where version = 0").await, 6);
    let gone_on = i64::try_from(world.history.orders.len()).unwrap();
    assert!(gone_on > orders);
    assert_eq!(world.number("select count(*) from orders").await, gone_on);
    assert!(world.number("select count(*) from payments where reason = 'of old'").await > 0);
    world.execute("delete from leases where name like 'rebuild %'").await;
    world
        .until("all are of this fold", async || {
            let of_old = world.number("select count(*) from projection_checkpoints where version = 0").await;
            assert!(world.number("select count(*) from orders").await >= gone_on, "read at all times");
            of_old == 0
        })
        .await;
    world.caught_up().await;
    world.is_as_expected().await;
    assert_eq!(world.number("select count(*) from projection_checkpoints where slot = 'b'").await, 6);
    running.stop().await;
}

#[tokio::test]
async fn an_older_program_does_not_say_that_a_newer_one_has_stopped() {
    let world = World::with(History::with_orders(46, 5)).await;
    world.execute("insert into projection_checkpoints select 'shows', 0, log_id, 2, 'running', null, now() from log_identity").await;
    world
        .execute(
            "insert into leases values ('projection shows', gen_random_uuid(), 1, now() + interval '1 hour')",
        )
        .await;
    let running = world.start(None);
    world
        .until("the others are there", async || {
            world.number("select count(*) from projection_checkpoints where position > 0").await == 5
        })
        .await;
    running.stop().await;
    assert_eq!(world.number("select count(*) from projection_checkpoints where state = 'stopped'").await, 0);
}

#[tokio::test]
async fn a_read_model_of_a_newer_fold_is_left_alone() {
    let world = World::with(History::with_orders(44, 5)).await;
    world.execute("insert into projection_checkpoints select 'shows', 0, log_id, 2, 'running', null, now() from log_identity").await;
    let running = world.start(None);
    world.until("shows stopped", async || world.number("select count(*) from projection_checkpoints where state = 'stopped' and reason like '%version 2%'").await == 1).await;
    assert_eq!(world.number("select count(*) from shows").await, 0);
    running.stop().await;
}
