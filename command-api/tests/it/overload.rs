//! When more is asked than can be done.

use std::time::Duration;

use edge::Limits;
use event_store::SequencerOptions;
use futures::future::join_all;
use http::{Method, header};
use serde_json::Value;
use sqlx::{ConnectOptions, PgConnection};
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout},
};

use crate::support::{BoxOffice, Client, Reply, order};

/// Longer than a refusal takes; whoever waits longer has been let in.
const LET_IN: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(20);

/// A box office whose few places for waiting are taken, because somebody holds the log's lock.
struct Crowded {
    office: BoxOffice,
    show: String,
    holder: PgConnection,
    waiting: JoinHandle<Vec<Reply>>,
}

impl Crowded {
    async fn new() -> Self {
        let short = |options: SequencerOptions| SequencerOptions { queue: 2, batch: 1, ..options };
        let office = BoxOffice::with(Limits::off(), short).await;
        let show = office.standing(100).await;
        let mut holder = office.owner.connect().await.unwrap();
        sqlx::raw_sql("begin; lock table log_lock in exclusive mode").execute(&mut holder).await.unwrap();
        let customer = office.customer().await;
        let waiting = tokio::spawn({
            let (customer, show) = (customer.clone(), show.clone());
            async move { join_all((0..20).map(|_| customer.post("/v1/orders", order(&show, 1)))).await }
        });
        let deadline = Instant::now() + PATIENCE;
        while timeout(LET_IN, customer.post("/v1/orders", order(&show, 1))).await.is_err() {
            assert!(Instant::now() < deadline, "nobody was refused");
        }
        Self { office, show, holder, waiting }
    }

    /// The log can be written again: what those who waited are told.
    async fn relieve(&mut self) -> Vec<Reply> {
        sqlx::raw_sql("rollback").execute(&mut self.holder).await.unwrap();
        (&mut self.waiting).await.unwrap()
    }
}

async fn is_sent_away(client: &Client, body: Value) {
    let reply = timeout(LET_IN, client.post("/v1/orders", body)).await.expect("a refusal is no wait");
    assert_eq!(reply.problem(), (503, "queue-full"));
    assert!(reply.headers.contains_key(header::RETRY_AFTER), "{reply:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_soon_and_loses_nothing_it_accepted() {
    let mut crowded = Crowded::new().await;
    is_sent_away(&crowded.office.customer().await, order(&crowded.show, 1)).await;
    let replies = crowded.relieve().await;
    let placed = replies.iter().filter(|reply| reply.status == 201).count();
    assert!((1..20).contains(&placed), "{replies:?}");
    let reserved = crowded.office.new_events().await.into_iter().filter(|name| name == "OrderPlaced").count();
    assert!(reserved >= placed, "{reserved} orders for {placed} acknowledgements");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_sent_away_is_not_looked_at_first() {
    let mut crowded = Crowded::new().await;
    let nobody = crowded.office.stranger().with_token("sd_nobody".to_owned());
    is_sent_away(&nobody, Value::Null).await;
    crowded.relieve().await;
    assert_eq!(nobody.post("/v1/orders", Value::Null).await.problem(), (401, "unauthenticated"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_nothing_of_the_log_is_answered_as_ever() {
    let mut crowded = Crowded::new().await;
    let stranger = crowded.office.stranger();
    let health = stranger.send(Method::GET, "/healthz", &[], String::new());
    timeout(PATIENCE, health).await.unwrap().ok(200);
    let customer = timeout(PATIENCE, crowded.office.customer()).await.expect("people can sign in");
    crowded.relieve().await;
    customer.post("/v1/orders", order(&crowded.show, 1)).await.ok(201);
}
