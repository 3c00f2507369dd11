//! `kill -9` of Postgres: everyone is told to come back, and finds everything again.

use std::time::{Duration, Instant};

use engines::testing::{SharedEngines, private_postgres, shared};
use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::support::{House, Load, World, audit, eventually, new_key, quantity};

const BUYERS: usize = 8;
const BACK_WITHIN: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgres_costs_patience_and_nothing_else() {
    let private = private_postgres().await.unwrap();
    let engines = SharedEngines { postgres_url: private.postgres.url(), ..shared().await.clone() };
    let house = House::in_world(World::on(engines).await).await;
    let show = house.show(Load::sections()).await;
    let pid = house.process.pid();
    let load = Load::start(&house.customer, &house.operator, &show, BUYERS);
    load.answers(50, Duration::from_secs(30)).await;

    // Started again at once: commits whose answer was lost are looked up.
    private.postgres.kill9().unwrap();
    private.postgres.restart().await.unwrap();
    load.answers(10 * BUYERS, BACK_WITHIN).await;

    private.postgres.kill9().unwrap();
    // A caller who does not ask again sees what everybody is told meanwhile.
    eventually("503 for a command", Duration::from_secs(40), || async {
        let reply = house.organizer.try_post(&new_key(), "/v1/orders", &quantity(&show, 1)).await.unwrap();
        assert!([503, 201].contains(&reply.status), "{reply:?}");
        reply.asks_for_patience().then_some(())
    })
    .await;
    eventually("503 for a query", Duration::from_secs(40), || async {
        let reply = house.customer.get("/v1/orders").await;
        reply.asks_for_patience().then_some(())
    })
    .await;

    private.postgres.restart().await.unwrap();
    let begun = Instant::now();
    load.answers(4 * BUYERS, BACK_WITHIN).await;
    eventually("an answer to a query", BACK_WITHIN.saturating_sub(begun.elapsed()), || async {
        (house.customer.get("/v1/orders").await.status == 200).then_some(())
    })
    .await;
    assert_eq!(house.process.pid(), pid);
    let outcomes = load.finish().await;
    // So many at once that every connection is used: the dead ones are gone.
    for reply in join_all((0..40).map(|_| house.customer.get("/v1/orders"))).await {
        reply.ok(200);
    }
    let wrong = json!({ "email": "nobody@example.org", "password": "wrong" });
    let stranger = house.world.stranger();
    let sign_ins = (0..20).map(|_| stranger.command(Method::POST, "/v1/sessions", wrong.clone()));
    for reply in join_all(sign_ins).await {
        reply.ok(401);
    }
    let books = audit::audit(&house.world).await;
    for outcome in &outcomes {
        assert_eq!(books.orders[&outcome.order_id]["status"], outcome.status);
    }
    let of_the_load =
        books.orders.values().filter(|order| order["details"]["customer"] == *house.customer.user_id);
    assert_eq!(of_the_load.count(), outcomes.len(), "nothing is doubled");
}
