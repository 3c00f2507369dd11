//! While the log can't be written.

use std::sync::Arc;

use edge::Limits;
use event_store::{Clock, Sequencer, SequencerOptions, SystemClock, new_id};
use futures::future::join_all;
use http::Method;
use identity::Identity;
use serde_json::Value;
use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::support::{BoxOffice, order, pool};

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_can_append_is_ready() {
    let office = BoxOffice::open().await;
    for path in ["/healthz", "/readyz"] {
        office.stranger().send(Method::GET, path, &[], String::new()).await.ok(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_a_service_is_healthy_but_not_ready_and_asks_to_come_back() {
    let mut office = BoxOffice::open().await;
    let token = office.customer().await.token.unwrap();
    let nowhere = PgConnectOptions::new().host("127.0.0.1").port(1);
    let (sequencer, _) = Sequencer::start(SequencerOptions::new(
        nowhere.clone(),
        std::sync::Arc::new(event_store::SystemClock),
    ));
    let identity = Identity::new(pool(&office.owner));
    let edge = edge::Context::new(identity, Arc::new(|| SystemClock.now()), Arc::new(new_id), Limits::off());
    office.router = command_api::service(command_api::App::new(sequencer, edge, pool(&nowhere)));
    let stranger = office.stranger();
    stranger.send(Method::GET, "/healthz", &[], String::new()).await.ok(200);
    let ready = stranger.send(Method::GET, "/readyz", &[], String::new()).await.ok(503);
    assert_ne!(ready.body["checks"]["append"], "ok", "{ready:?}");
    let customer = stranger.with_token(token);
    let reply = customer.post("/v1/orders", order(&new_id().to_string(), 1)).await;
    assert_eq!(reply.problem(), (503, "engine-away"));
    assert!(reply.headers.contains_key("retry-after"), "{reply:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_at_once_and_loses_nothing_it_accepted() {
    let short = |options: SequencerOptions| SequencerOptions { queue: 2, batch: 1, ..options };
    let office = BoxOffice::with(Limits::off(), short).await;
    let show = office.standing(100).await;
    let customer = office.customer().await;
    let mut holder = office.owner.connect().await.unwrap();
    sqlx::raw_sql("begin; lock table log_lock in exclusive mode").execute(&mut holder).await.unwrap();
    let waiting = tokio::spawn({
        let (customer, show) = (customer.clone(), show.clone());
        async move { join_all((0..20).map(|_| customer.post("/v1/orders", order(&show, 1)))).await }
    });
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(3);
    let refused = loop {
        let reply = customer.post("/v1/orders", Value::Null).await;
        assert_eq!(reply.status, 415, "what asks nothing of the log is answered meanwhile");
        let probe = tokio::time::timeout(
            std::time::Duration::from_millis(200),
            customer.post("/v1/orders", order(&show, 1)),
        );
        if let Ok(reply) = probe.await {
            break reply;
        }
        assert!(tokio::time::Instant::now() < deadline, "nobody was refused");
    };
    assert_eq!(refused.problem(), (503, "queue-full"));
    assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
    let replies = waiting.await.unwrap();
    let placed = replies.iter().filter(|reply| reply.status == 201).count();
    assert!((1..20).contains(&placed), "{replies:?}");
    let reserved = office.new_events().await.into_iter().filter(|name| name == "OrderPlaced").count();
    assert!(reserved >= placed, "{reserved} orders for {placed} acknowledgements");
}
