//! Being asked to end while customers buy.

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;
use nix::sys::signal::Signal;

use crate::support::{House, audit, eventually, new_key, quantity, standing};

const BUYERS: usize = 24;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_answered() {
    let mut house = House::open().await;
    let show = house.show(standing(90_000)).await;
    let buyers = (0..BUYERS).map(|_| {
        let (customer, body) = (house.customer.clone(), quantity(&show, 1));
        tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            // Until nobody is there any more.
            while let Ok(reply) = customer.try_post(&new_key(), "/v1/orders", &body).await {
                if !reply.asks_for_patience() {
                    acknowledged.push(reply.ok(201).text("order_id"));
                }
            }
            acknowledged
        })
    });
    let buyers: Vec<_> = buyers.collect();
    let enough = "select count(*) from events where type = 'OrderPlaced' having count(*) >= 100";
    eventually("a hundred orders", Duration::from_mins(1), || async {
        sqlx::query_scalar::<_, i64>(enough).fetch_optional(&house.world.pool).await.unwrap()
    })
    .await;
    house.process.signal(Signal::SIGTERM);
    let ended = house.process.ended(Duration::from_secs(30)).await;
    assert_eq!(ended.code(), Some(0), "{ended}");
    let acknowledged: Vec<String> = join_all(buyers).await.into_iter().flat_map(Result::unwrap).collect();
    house.restart().await;
    let books = audit::audit(&house.world).await;
    let placed: BTreeSet<&String> = books.orders.keys().collect();
    assert_eq!(placed, acknowledged.iter().collect(), "who got a seat was told so");
}
