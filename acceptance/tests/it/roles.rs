//! Every role in a process of its own, and what holds across them.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{
    Caller, House, Ports, Role, World, audit::audit, eventually, hasty_show, quantity, standing,
};

#[tokio::test(flavor = "multi_thread")]
async fn roles_work_together_from_processes_of_their_own() {
    let world = World::new().await;
    let second = Ports::free();
    let _apis = (
        world.serve(Role::CommandApi).await,
        world.serve_with(Role::CommandApi, second, &[]).await,
        world.serve(Role::QueryApi).await,
    );
    let mut workers = Vec::new();
    // Two of each: one works, the other stands by.
    for role in [Role::Relay, Role::Projections, Role::Processes].repeat(2) {
        workers.push(world.serve_with(role, Ports::free(), &[]).await);
    }
    let (organizer, operator) = tokio::join!(world.staff(&["organizer"]), world.staff(&["operator"]));
    let customer = world.customer().await;
    let at_second = Caller { api: world.stranger_at(second).api, ..customer.clone() };
    let show = hasty_show(&organizer, standing(10)).await;

    let expiring = customer.post("/v1/orders", quantity(&show, 2)).await.ok(201);
    let paid = at_second.post("/v1/orders", quantity(&show, 3)).await.ok(201);
    let approve = format!("/v1/payments/{}/approve", paid.text("payment_id"));
    operator.post(&approve, json!({})).await.ok(200);
    let path = format!("/v1/orders/{}", expiring.text("order_id"));
    eventually("the end of a hold", Duration::from_secs(20), || async {
        (customer.get(&path).await.body["status"] == "expired").then_some(())
    })
    .await;
    let books = audit(&world).await;
    assert_eq!((books.orders_in("expired"), books.orders_in("confirmed")), (1, 1));
    assert_eq!(books.events("OrderExpired"), 1, "two processes expire it once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_counts_everywhere_and_ends_everywhere() {
    let house = House::open().await;
    let customer = &house.customer;
    customer.get("/v1/users/me").await.ok(200);
    customer.command(Method::DELETE, "/v1/sessions/current", json!(null)).await.ok(204);
    eventually("the end of a session in the other service", Duration::from_secs(1), || async {
        (customer.get("/v1/users/me").await.status == 401).then_some(())
    })
    .await;
    let refused = customer.post("/v1/orders", json!({})).await;
    assert_eq!(refused.problem(), (401, "unauthenticated"));
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_log_knows_who_people_are() {
    let house = House::open().await;
    let (email, password, name) = ("zenobia@example.org", "a secret of zenobia", "Zenobia Zimmermann");
    let body = json!({ "email": email, "password": password, "name": name });
    let stranger = house.world.stranger();
    stranger.command(Method::POST, "/v1/users", body).await.ok(201);
    let zenobia = stranger.sign_in(email, password).await;
    let show = house.show(standing(10)).await;
    let placed = zenobia.post("/v1/orders", quantity(&show, 1)).await.ok(201);
    let wrong = json!({ "email": email, "password": "guessed" });
    stranger.command(Method::POST, "/v1/sessions", wrong).await.ok(401);
    zenobia.get_at("/v1/users/me", 0).await;
    let books = audit(&house.world).await;

    let printed = house.process.log();
    assert!(printed.contains(&format!(r#""position":"{}""#, placed.position())), "{printed}");
    let texts = books.log.iter().flat_map(|event| [&event.data, &event.metadata]);
    let events = texts.map(ToString::to_string).collect::<Vec<_>>().concat();
    assert!(events.contains(&zenobia.user_id), "people are named by id");
    for text in [&printed, &events] {
        for secret in ["zenobia", "Zenobia", "guessed", zenobia.token.as_ref().unwrap()] {
            assert!(!text.contains(secret), "{secret} is in a log: {text}");
        }
    }
}
