//! People who order and then look at their order.

use std::{cell::RefCell, time::Duration};

use futures::future::try_join_all;
use hdrhistogram::Histogram;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use crate::{
    fallible::Fallible,
    house::Ports,
    load::{Connection, Orders, Schedule, Traffic},
};

const ORDERS_PER_SECOND: f64 = 500.0;
/// So many that a stall does not keep the next from ordering.
const PEOPLE: usize = 256;
const WARM_UP: Duration = Duration::from_secs(1);
const ASK_EVERY: Duration = Duration::from_millis(2);
const GIVE_UP_AFTER: Duration = Duration::from_secs(30);
const LONGEST: u64 = 60_000_000;

/// How they look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// With the position of the order's answer: the query waits.
    Waiting,
    /// Without it, again and again until it is there.
    Asking,
}

struct Crowd<'a, 'b> {
    orders: &'a mut Orders<'b>,
    next: u64,
    seen_after: Histogram<u64>,
}

/// How long after the answer each order was seen, in microseconds.
pub(crate) async fn run(
    orders: &mut Orders<'_>,
    ports: Ports,
    how: How,
    duration: Duration,
) -> Fallible<Histogram<u64>> {
    let schedule = Schedule::new(ORDERS_PER_SECOND, WARM_UP, duration);
    let crowd = RefCell::new(Crowd { orders, next: 0, seen_after: Histogram::new_with_max(LONGEST, 3)? });
    try_join_all((0..PEOPLE).map(|number| person(number, ports, how, schedule, &crowd))).await?;
    Ok(crowd.into_inner().seen_after)
}

async fn person(
    number: usize,
    ports: Ports,
    how: How,
    schedule: Schedule,
    crowd: &RefCell<Crowd<'_, '_>>,
) -> Fallible<()> {
    let mut commands = Connection::open(ports.command).await?;
    let mut queries = Connection::open(ports.query).await?;
    let mut request = Vec::with_capacity(1_024);
    loop {
        let due = {
            let mut crowd = crowd.borrow_mut();
            let Some(due) = schedule.due(crowd.next) else { return Ok(()) };
            crowd.next += 1;
            request.clear();
            crowd.orders.request(number, &mut request);
            due
        };
        sleep_until(due).await;
        let answer = commands.exchange(&request).await?;
        let answered = Instant::now();
        let placed = answer.order_id().zip(answer.position);
        let (order, position) = placed.ok_or_else(|| format!("an order was answered {}", answer.status))?;
        crowd.borrow_mut().orders.answered(&answer);
        let token = crowd.borrow().orders.token(number).to_owned();
        look(&mut queries, &token, order, (how == How::Waiting).then_some(position)).await?;
        let seen_after = u64::try_from(answered.elapsed().as_micros())?;
        if schedule.counts(answered) {
            crowd.borrow_mut().seen_after.saturating_record(seen_after);
        }
    }
}

/// Asks until the order is there.
async fn look(queries: &mut Connection, token: &str, order: Uuid, position: Option<i64>) -> Fallible<()> {
    let at = position.map(|position| format!("?min_position={position}")).unwrap_or_default();
    let request = format!(
        "GET /v1/orders/{order}{at} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let begun = Instant::now();
    while begun.elapsed() < GIVE_UP_AFTER {
        match queries.exchange(request.as_bytes()).await?.status {
            200 => return Ok(()),
            // Not yet there; or the query waited for as long as it may.
            404 | 503 => sleep(ASK_EVERY).await,
            other => return Err(format!("a query was answered {other}").into()),
        }
    }
    Err("an order is not seen at all".into())
}
