//! Events that can't be applied.

use domain::StreamId;
use projections::{Model, Retried, Snapshot, retry};

use crate::support::{History, World, expected::log, history::quantity};

async fn parked(world: &World, model: Model, entity: StreamId) -> bool {
    let mut snapshot = Snapshot::begin(&world.pool).await.unwrap();
    snapshot.parked(&[(model, entity)]).await.unwrap().is_some()
}

#[tokio::test]
async fn a_damaged_event_parks_its_entity_and_nothing_else() {
    let mut world = World::with(History::with_orders(31, 30)).await;
    let (order, payment, _) = world.history.orders[0];
    let version = log(&world)
        .await
        .iter()
        .filter(|event| event.stream_id == StreamId::order(order).to_string())
        .count();
    let event = (
        StreamId::order(order).to_string(),
        i64::try_from(version).unwrap() + 1,
        "OrderFailed",
        r#"{"reason":7}"#,
    );
    let metadata = r#"{"schema":1,"correlation":"00000000-0000-0000-0000-000000000000","command_id":"00000000-0000-0000-0000-000000000000"}"#;
    world
        .append_raw(vec![(event.0, event.1, event.2.to_owned(), event.3.to_owned(), metadata.to_owned())])
        .await;
    world.history.sell(30);
    world.append().await;
    let running = world.start(None);
    world.caught_up().await;
    assert!(parked(&world, Model::Orders, StreamId::order(order)).await);
    assert!(!parked(&world, Model::Payments, StreamId::payment(payment)).await);
    assert_eq!(world.number("select count(*) from parked_entities").await, 1);
    let orders = i64::try_from(world.history.orders.len()).unwrap();
    assert_eq!(world.number("select count(*) from orders").await, orders);
    // It is as damaged as before.
    let again = retry(&world.database, Model::Orders, None).await.unwrap();
    assert_eq!(again, Retried { released: 0, still_parked: 1, events: 0 });
    running.stop().await;
}

#[tokio::test]
async fn what_the_database_refuses_is_parked_and_redriven_in_order() {
    let mut world = World::new(History::with_orders(32, 40)).await;
    let (show, customer) = (world.history.shows[0], world.history.orders[3].2);
    let (order, payment) = world.history.order(show, customer, quantity("FLOOR", 1, false)).unwrap();
    // The row is refused as soon as it leaves `pending`, and that only for this order.
    let refusal = format!(
        "alter table orders_a.orders add constraint refused check (order_id <> '{order}' or status = 'pending')"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(refusal)).execute(&world.pool).await.unwrap();
    world.history.run(&domain::operations::ApprovePayment { payment });
    world.append().await;
    let running = world.start(None);
    world.caught_up().await;
    let settled = world.number("select count(*) from parked_entities where projection = 'orders'").await;
    assert_eq!((settled, parked(&world, Model::Orders, StreamId::order(order)).await), (1, true));
    let status: String = sqlx::query_scalar("select status from orders where order_id = $1")
        .bind(order.uuid())
        .fetch_one(&world.pool)
        .await
        .unwrap();
    assert_eq!(status, "pending", "what came before stays");
    // While it is parked, later events wait; others go on.
    let (_, other) = world.history.order(show, customer, quantity("FLOOR", 1, false)).unwrap();
    world.history.run(&domain::operations::ApprovePayment { payment: other });
    world.append().await;
    world.caught_up().await;
    world.execute("alter table orders_a.orders drop constraint refused").await;
    let again = retry(&world.database, Model::Orders, Some(StreamId::order(order))).await.unwrap();
    assert_eq!((again.released, again.still_parked), (1, 0));
    world.is_as_expected().await;
    assert_eq!(world.number("select count(*) from parked_events").await, 0);
    running.stop().await;
}

#[tokio::test]
async fn events_behind_a_parked_entity_wait_and_are_applied_in_order() {
    let mut world = World::new(History::with_orders(33, 20)).await;
    world.execute("alter table inventory_a.inventory add constraint refused check (held = 0)").await;
    world.append().await;
    let running = world.start(None);
    world.caught_up().await;
    assert_eq!(world.number("select count(*) from parked_entities where projection = 'inventory'").await, 2);
    for _ in 0..5 {
        world.history.sell(10);
        world.append().await;
        world.caught_up().await;
    }
    world.execute("alter table inventory_a.inventory drop constraint refused").await;
    // Beside projections that keep running, and with events that keep coming.
    world.history.sell(20);
    world.append().await;
    let again = retry(&world.database, Model::Inventory, None).await.unwrap();
    assert_eq!((again.released, again.still_parked), (2, 0));
    world.caught_up().await;
    world.is_as_expected().await;
    running.stop().await;
}

#[tokio::test]
async fn an_event_of_a_newer_program_stops_the_projection_and_is_never_skipped() {
    let mut world = World::with(History::with_orders(34, 10)).await;
    let before = world.head().await.position;
    let (order, ..) = world.history.orders[0];
    let metadata = r#"{"schema":1,"correlation":"00000000-0000-0000-0000-000000000000","command_id":"00000000-0000-0000-0000-000000000000"}"#;
    world
        .append_raw(vec![(
            StreamId::order(order).to_string(),
            99,
            "OrderTeleported".to_owned(),
            "{}".to_owned(),
            metadata.to_owned(),
        )])
        .await;
    world.history.sell(5);
    world.append().await;
    let running = world.start(None);
    world
        .until("orders stopped", async || {
            world.number("select count(*) from projection_checkpoints where state = 'stopped'").await == 1
        })
        .await;
    let head = world.head().await.position;
    world
        .until("the others are at the head", async || {
            world.number("select min(position) from projection_checkpoints where name <> 'orders'").await
                == head
        })
        .await;
    let list = projections::list(&mut world.connection().await).await.unwrap();
    let orders = list.into_iter().find(|status| status.name == "orders").unwrap();
    assert_eq!(orders.position, before, "everything before it is applied");
    assert!(orders.reason.unwrap().contains("OrderTeleported"));
    assert_eq!(world.number("select count(*) from parked_entities").await, 0);
    running.stop().await;
}
