//! While the log can't be written.

use std::sync::Arc;

use command_api::Payments;
use edge::Limits;
use event_store::{Clock, Sequencer, SequencerOptions, SystemClock, new_id};
use http::Method;
use identity::Identity;
use sqlx::postgres::PgConnectOptions;

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
    office.router =
        command_api::service(command_api::App::new(sequencer, edge, pool(&nowhere), Payments::default()));
    let stranger = office.stranger();
    stranger.send(Method::GET, "/healthz", &[], String::new()).await.ok(200);
    let ready = stranger.send(Method::GET, "/readyz", &[], String::new()).await.ok(503);
    assert_ne!(ready.body["checks"]["append"], "ok", "{ready:?}");
    let customer = stranger.with_token(token);
    let reply = customer.post("/v1/orders", order(&new_id().to_string(), 1)).await;
    assert_eq!(reply.problem(), (503, "engine-away"));
    assert!(reply.headers.contains_key("retry-after"), "{reply:?}");
}
