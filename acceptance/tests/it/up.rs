//! `stagedoor up` and `down`.

use std::{
    fs,
    net::TcpListener,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use serde_json::json;

use crate::support::{As, Home, Reply, World, eventually, until_answered};

const HALL: &str = "HALL";

/// An order for two numbered seats of a demonstration show.
async fn order(home: &Home) -> Reply {
    let customer = home.sign_in("customer").await;
    let shows = customer.get("/v1/shows").await.ok(200);
    let shows = shows.body["data"].as_array().unwrap().clone();
    let capacities = shows.iter().flat_map(|show| show["sections"].as_array().unwrap().iter()).count();
    assert_eq!((shows.len(), capacities), (3, 4), "the demonstration shows");
    let hall = shows.iter().find(|show| show["sections"][0]["code"] == HALL).unwrap();
    let body = json!({
        "show_id": hall["show_id"], "payment_method": "manual", "items": [{ "section": HALL, "quantity": 2 }],
    });
    until_answered(&customer, "/v1/orders", &body).await.ok(201)
}

async fn is_still_there(home: &Home, placed: &Reply) {
    let path = format!("/v1/orders/{}", placed.text("order_id"));
    let found = home.sign_in("customer").await.get_at(&path, placed.position()).await;
    assert_eq!(found.body["lines"], placed.body["lines"]);
    assert_eq!(order(home).await.body["status"], "pending", "and more can be sold");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sold_is_found_again_however_it_ended() {
    let home = Home::of(As::Tester).unwrap();
    let mut up = home.up().await;
    let placed = order(&home).await;

    let second = home.run(&["up"]).await.code(3).says(&up.process.pid().to_string());
    assert!(!second.err.contains("Starting"), "a second `up` leaves the engines alone: {second:?}");
    is_still_there(&home, &placed).await;

    // The engines outlive it, once both and once one of them.
    for survivors in [2, 1] {
        assert_eq!(home.engines().len(), 2);
        up.kill9();
        home.engines().into_iter().skip(survivors).for_each(kill);
        up = home.up().await;
        is_still_there(&home, &placed).await;
    }

    home.run(&["down"]).await.code(0);
    assert_eq!(up.ended().await.code(), Some(0));
    up.engines_ended().await;
    home.run(&["down"]).await.code(0).says("Nothing runs");

    let up = home.up().await;
    is_still_there(&home, &placed).await;
    drop(up);
    let _up = home.up_with(&["--reset"]).await;
    let path = format!("/v1/orders/{}", placed.text("order_id"));
    home.sign_in("customer").await.get(&path).await.ok(404);
    order(&home).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_that_die_are_started_again() {
    let home = Home::of(As::Tester).unwrap();
    // What a machine that lost its power leaves: a pid that is somebody else's by now.
    fs::create_dir_all(home.data()).unwrap();
    fs::write(home.data().join("up.pid"), format!("{}\n", std::process::id())).unwrap();
    let up = home.up().await;
    let placed = order(&home).await;
    let customer = home.sign_in("customer").await;
    let killed = home.engines();
    killed.iter().copied().for_each(kill);
    // Connections that were in use a moment ago are not asked whether they still live: whoever gets one of them is told
    // 503, and to come back.
    let patience = Instant::now() + Duration::from_secs(1);
    let path = format!("/v1/orders/{}", placed.text("order_id"));
    eventually("the engines' return", Duration::from_secs(30), || async {
        let new = home.engines().into_iter().filter(|engine| !killed.contains(engine)).count();
        (new == 2 && Instant::now() > patience && customer.get(&path).await.status == 200).then_some(())
    })
    .await;
    is_still_there(&home, &placed).await;
    assert_eq!(home.engines().len(), 2);
    drop(up);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_use_is_not_seeded() {
    let world = World::new().await;
    world.hire(&["operator"]).await;
    let refused = world.run(&["up", "--seed"]).await.code(2).says("not seeded");
    assert!(!refused.err.contains("Starting"), "no engine is started when both are given: {refused:?}");
    assert_eq!(world.number("select count(*) from events").await, 0);
    assert_eq!(world.number("select count(*) from users").await, 1);
}

fn kill(engine: Pid) {
    signal::kill(engine, Signal::SIGKILL).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_named_with_its_holder_and_its_setting() {
    let home = Home::of(As::Tester).unwrap();
    for (port, setting) in [
        (home.ports.command, "STAGEDOOR_COMMAND_LISTEN"),
        (home.ports.query, "STAGEDOOR_QUERY_LISTEN"),
        (home.ports.health, "STAGEDOOR_HEALTH_LISTEN"),
        (home.ports.provider_sim, "STAGEDOOR_PROVIDER_SIM_LISTEN"),
    ] {
        let _holder = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let refused = home.run(&["up"]).await.code(3).says(setting);
        assert!(refused.err.contains(&format!("pid {}", std::process::id())), "{refused:?}");
    }
    assert_eq!(home.engines(), []);
}
