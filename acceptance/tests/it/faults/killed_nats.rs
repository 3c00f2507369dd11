//! NATS is a convenience: nothing depends on it but speed.

use std::time::{Duration, Instant};

use engines::testing::{PrivateNats, SharedEngines, private_nats, shared};

use crate::support::{Caller, House, Load, World, audit, quantity, standing};

const BUYERS: usize = 8;
/// How far reads may be behind without NATS.
const BEHIND_AT_MOST: Duration = Duration::from_secs(2);

async fn world() -> (PrivateNats, World) {
    let private = private_nats().await.unwrap();
    let engines = SharedEngines {
        nats_url: private.nats.relay_url(),
        nats_reader_url: private.nats.reader_url(),
        ..shared().await.clone()
    };
    let world = World::on(engines).await;
    (private, world)
}

/// Places an order and reads it back: it must be there in time.
async fn order_and_read(customer: &Caller, show: &str) {
    let placed = customer.post("/v1/orders", quantity(show, 1)).await.ok(201);
    let begun = Instant::now();
    let path = format!("/v1/orders/{}", placed.text("order_id"));
    let order = customer.get_at(&path, placed.position()).await;
    assert_eq!(order.text("status"), "pending");
    assert!(begun.elapsed() <= BEHIND_AT_MOST, "reads were {:?} behind", begun.elapsed());
}

async fn is_ready(house: &House) {
    for port in [house.world.ports.command, house.world.ports.query] {
        let ready = house.customer.api.http.get(format!("http://127.0.0.1:{port}/readyz"));
        assert_eq!(ready.send().await.unwrap().status(), 200, "without NATS the services are ready");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_nats_is_filled_again_and_nobody_waited_for_it() {
    let (private, world) = world().await;
    let house = House::in_world(world).await;
    let show = house.show(Load::sections()).await;
    let load = Load::start(&house.customer, &house.operator, &show, BUYERS);
    load.answers(50, Duration::from_secs(30)).await;
    private.nats.wipe().unwrap();
    for _ in 0..5 {
        order_and_read(&house.organizer, &show).await;
    }
    is_ready(&house).await;
    load.answers(50, Duration::from_secs(30)).await;
    private.nats.restart().await.unwrap();
    load.answers(50, Duration::from_secs(30)).await;
    let outcomes = load.finish().await;
    let books = audit::audit(&house.world).await;
    assert_eq!(books.orders.len(), outcomes.len() + 5);
    for outcome in outcomes {
        assert_eq!(books.orders[&outcome.order_id]["status"], outcome.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nats_from_the_start_everything_works() {
    let (private, world) = world().await;
    private.nats.kill9().unwrap();
    let house = House::in_world(world).await;
    let show = house.show(standing(100)).await;
    for _ in 0..20 {
        order_and_read(&house.customer, &show).await;
    }
    is_ready(&house).await;
    audit::audit_read_models(&house.world).await;
    private.nats.restart().await.unwrap();
    audit::audit(&house.world).await;
}
