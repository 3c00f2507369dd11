//! What a newer program wrote, and an older one reads.

use std::time::Duration;

use faultpoint::Sabotage;
use serde_json::{Value, json};

use crate::support::{Ports, Role, World, audit, eventually, quantity, show, standing};

const DONE: i32 = 0;
const FAULT: i32 = 1;
const WITHIN: Duration = Duration::from_secs(30);

async fn listed(world: &World, name: &str) -> Value {
    let list = world.run(&["projections", "list", "--json"]).await.code(DONE).json();
    list.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
}

/// As while a new version is rolled out, and command-api has it first.
#[tokio::test(flavor = "multi_thread")]
async fn a_projection_stops_at_what_it_does_not_know_until_a_program_runs_that_does() {
    let world = World::new().await;
    let _apis = (world.serve(Role::CommandApi).await, world.serve(Role::QueryApi).await);
    let _workers = (
        world.serve_with(Role::Relay, Ports::free(), &[]).await,
        world.serve_with(Role::Processes, Ports::free(), &[]).await,
    );
    let before_check_ins = [(faultpoint::SABOTAGES, Sabotage::OlderThanCheckIns.name().to_owned())];
    let mut older = world.serve_with(Role::Projections, Ports::free(), &before_check_ins).await;
    let (organizer, operator) = tokio::join!(world.staff(&["organizer"]), world.staff(&["operator"]));
    let (customer, show) = (world.customer().await, show(&organizer, standing(50)).await);
    let placed = customer.post("/v1/orders", quantity(&show, 1)).await.ok(201);
    let approve = format!("/v1/payments/{}/approve", placed.text("payment_id"));
    operator.post(&approve, json!({})).await.ok(200);
    let before = audit::audit(&world).await.head();
    let bought = customer.get_at(&format!("/v1/orders/{}", placed.text("order_id")), before).await.body;
    let code = bought["tickets"][0]["code"].as_str().unwrap().to_owned();

    organizer.post(&format!("/v1/tickets/{code}/check-in"), json!({})).await.ok(200);
    let orders = eventually("a projection that has stopped", WITHIN, || async {
        let orders = listed(&world, "orders").await;
        (orders["state"] == "stopped").then_some(orders)
    })
    .await;
    let reason = orders["reason"].as_str().unwrap();
    assert!(reason.contains("TicketCheckedIn is not known here: run the newer program"), "{orders}");
    assert!(reason.contains(&format!("event {}", before + 1)), "{orders}");
    world.run(&["projections", "list"]).await.code(DONE).says("TicketCheckedIn is not known here");
    // Others go on; this one passes over nothing, whatever comes behind.
    for _ in 0..5 {
        customer.post("/v1/orders", quantity(&show, 1)).await.ok(201);
    }
    let head = world.number("select position from log_head").await;
    eventually("the other projections", WITHIN, || async {
        let inventory = listed(&world, "inventory").await;
        (inventory["position"] == head && inventory["state"] == "running").then_some(())
    })
    .await;
    assert_eq!(listed(&world, "orders").await["position"], before);
    world.run(&["doctor", "--deep"]).await.code(FAULT).says("it has stopped: event");

    older.kill9();
    let _newer = world.serve_with(Role::Projections, Ports::free(), &[]).await;
    audit::audit(&world).await;
    assert_eq!(listed(&world, "orders").await["state"], "running");
    world.run(&["projections", "verify", "--all"]).await.code(DONE);
    world.run(&["doctor", "--deep"]).await.code(DONE);
}
