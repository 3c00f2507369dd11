//! Soon after the last fault nothing is stuck.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::ledger::Ledger;
use crate::{
    campaign::{
        clients::{Crowd, ask_at},
        office::Office,
        record::{Ask, Verb},
    },
    support::{Role, new_key, quantity},
};

/// From the last fault until everything is as if there had been none.
const WITHIN: Duration = Duration::from_secs(30);

/// What does not hold yet; each row says what.
const STUCK: &str = "
    select 'checkpoint of ' || name || ' at ' || position || ', ' || state from projection_checkpoints
        where position < (select position from log_head) or state <> 'running'
    union all select 'parked: ' || projection || ' ' || entity from parked_entities
    union all select 'process ' || process || ' at ' || position from process_checkpoints
        where position < (select position from log_head)
    union all select 'step of ' || process || ', due ' || due_at from process_steps
    union all select count(*) || ' orders pending' from orders where status = 'pending' having count(*) > 0";

/// The office at rest.
pub(crate) struct Quiet {
    head: i64,
    /// How long it took.
    pub(crate) after: Duration,
    /// How often the operator had to reset a stream that the relay refused.
    pub(crate) resets: usize,
}

impl Quiet {
    pub(super) fn holds(&self, ledger: &Ledger) {
        assert_eq!(ledger.head(), self.head, "somebody appends although all is quiet");
        assert_eq!(ledger.orders_in("pending"), 0, "holds have ended and orders are pending");
    }
}

/// Waits until everyone has their answers, every process is ready, everything is caught up and no hold is open, and an
/// order goes through everywhere.
pub(super) async fn reach(office: &Office, crowd: &Crowd) -> Quiet {
    let begun = Instant::now();
    let left = || WITHIN.saturating_sub(begun.elapsed());
    assert!(crowd.hush(WITHIN).await, "customers still wait for answers {WITHIN:?} after the last fault");
    assert!(!crowd.has_lost_somebody(), "a customer is gone");
    let mut resets = operate(office, begun + WITHIN, false).await;
    office.all_ready(left()).await;
    orders_flow(office, crowd, begun + WITHIN).await;
    loop {
        let stuck: Result<Vec<String>, _> = sqlx::query_scalar(STUCK).fetch_all(&office.world.pool).await;
        if stuck.as_ref().is_ok_and(Vec::is_empty) {
            break;
        }
        assert!(!left().is_zero(), "stuck {WITHIN:?} after the last fault: {stuck:#?}");
        sleep(Duration::from_millis(100)).await;
    }
    resets += operate(office, begun + WITHIN, true).await;
    let head = office.world.number("select coalesce(max(position), 0) from events").await;
    Quiet { head, after: begun.elapsed(), resets }
}

/// Does what operators are told to do when the relay refuses a damaged stream; how often it was necessary.
async fn operate(office: &Office, until: Instant, caught_up: bool) -> usize {
    let mut resets = 0;
    loop {
        let status = office.world.run(&["relay", "status", "--json"]).await;
        let says: Value = serde_json::from_str(&status.out).unwrap_or_default();
        let refused = status.code == Some(1) || office.has_an_unready(Role::Relay).await;
        if status.code == Some(0) && !refused && (!caught_up || says["lag"] == 0) {
            return resets;
        }
        if refused && office.world.run(&["relay", "reset", "--yes"]).await.code == Some(0) {
            resets += 1;
        }
        assert!(Instant::now() < until, "the stream is not the log: {status:?}");
        sleep(Duration::from_millis(300)).await;
    }
}

/// Through every command-api, and visible at every query-api.
async fn orders_flow(office: &Office, crowd: &Crowd, until: Instant) {
    let body = quantity(&crowd.board.lasting(), 1);
    for way in office.ways_in(&crowd.customer) {
        let ask =
            Ask { verb: Verb::Place, key: new_key(), path: "/v1/orders".to_owned(), body: body.clone() };
        let placed = loop {
            match ask_at(&crowd.record, &way, &ask).await {
                Some(reply) if reply.status == 201 => break reply,
                last => assert!(Instant::now() < until, "no order at {} : {last:?}", way.api.commands),
            }
            sleep(Duration::from_millis(100)).await;
        };
        let path = format!("/v1/orders/{}?min_position={}", placed.text("order_id"), placed.position());
        loop {
            match way.try_get(&path).await {
                Ok(reply) if reply.status == 200 => break,
                last => assert!(Instant::now() < until, "not visible at {}: {last:?}", way.api.queries),
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}
