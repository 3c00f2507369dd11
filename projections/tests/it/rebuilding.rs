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
async fn a_read_model_of_a_newer_fold_is_left_alone() {
    let world = World::with(History::with_orders(44, 5)).await;
    world.execute("insert into projection_checkpoints select 'shows', 0, log_id, 2, 'running', null, now() from log_identity").await;
    let running = world.start(None);
    world.until("shows stopped", async || world.number("select count(*) from projection_checkpoints where state = 'stopped' and reason like '%version 2%'").await == 1).await;
    assert_eq!(world.number("select count(*) from shows").await, 0);
    running.stop().await;
}
