//! Message by message.

use async_nats::HeaderMap;
use event_store::{Missing, Position};
use relay::{Reconciliation, RelayOptions, reconcile, refill};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::support::World;

/// A world whose log and stream hold so many events, and no relay.
async fn relayed(count: usize) -> World {
    let mut world = World::new().await;
    world.log.append(count).await;
    let relay = world.relay();
    world.stream_becomes_the_log().await;
    relay.stop().await;
    world
}

async fn found(world: &World) -> Reconciliation {
    reconcile(&world.options, |_, _| ()).await.unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "as it is compared with")]
fn missing(count: i64, first: Position, last: Position) -> Option<Missing> {
    Some(Missing { count, first, last })
}

async fn fill(world: &World) {
    let someone_else = RelayOptions { holder: Uuid::new_v4(), ..world.options.clone() };
    refill(&someone_else, |_| ()).await.unwrap();
}

#[tokio::test]
async fn nothing_is_missing_of_a_stream_that_is_the_log() {
    let world = relayed(7_000).await;
    let found = found(&world).await;
    assert_eq!((found.of(), found.missing(), found.contradicts()), (7_000, None, false));
}

#[tokio::test]
async fn what_was_taken_out_of_the_middle_is_counted() {
    let world = relayed(6_000).await;
    for sequence in [17, 18, 4_999, 5_000, 5_001, 5_900] {
        world.stream.remove(sequence).await;
    }
    let found = found(&world).await;
    assert_eq!((found.of(), found.holes, found.unrelayed), (6_000, missing(6, 17, 5_900), None));
    assert!(!found.contradicts());
}

/// What it did not show is no hole.
#[tokio::test]
async fn a_consumer_that_is_taken_away_meanwhile_is_made_again() {
    let world = relayed(12_000).await;
    let (begun, has_begun) = oneshot::channel();
    let mut begun = Some(begun);

    let reconciling = reconcile(&world.options, |_, _| {
        if let Some(begun) = begun.take() {
            begun.send(()).unwrap();
        }
    });
    let taking_away = async {
        has_begun.await.unwrap();
        world.stream.remove_consumers().await
    };
    let (found, removed) = tokio::join!(reconciling, taking_away);

    let found = found.unwrap();
    assert_eq!((found.of(), found.missing(), found.contradicts()), (12_000, None, false));
    assert!(removed > 0);
}

#[tokio::test]
async fn what_was_not_relayed_is_counted_and_relayed_by_whoever_fills() {
    let mut world = relayed(50).await;
    world.log.append(30).await;
    assert_eq!(found(&world).await.missing(), missing(30, 51, 80));
    fill(&world).await;
    assert_eq!(found(&world).await.missing(), None);
    world.stream_becomes_the_log().await;
    world.stream.delete().await;
    let gone = found(&world).await;
    assert_eq!((gone.of(), gone.missing()), (80, missing(80, 1, 80)));
    fill(&world).await;
    world.stream_becomes_the_log().await;
}

#[tokio::test]
async fn what_was_discarded_is_not_missing() {
    let mut world = relayed(100).await;
    world.stream.purge().await;
    let purged = found(&world).await;
    assert_eq!((purged.of(), purged.missing()), (0, None));
    world.log.append(10).await;
    fill(&world).await;
    let found = found(&world).await;
    assert_eq!((found.first, found.of(), found.missing()), (101, 10, None));
}

#[tokio::test]
async fn messages_of_others_and_of_another_history_are_told_apart_from_gaps() {
    let mut world = relayed(10).await;
    world.log.cut_to(7).await;
    assert_eq!(found(&world).await.ahead, missing(3, 8, 10));
    world.log.append(1).await;
    let grown = found(&world).await;
    assert_eq!((grown.different, grown.ahead), (missing(1, 8, 8), missing(2, 9, 10)));
    assert!(grown.contradicts() && grown.missing().is_none());
    world.log.append(2).await;
    world.stream.publish(HeaderMap::new()).await;
    world.log.append(1).await;
    assert_eq!(found(&world).await.different, missing(4, 8, 11));
    world.log.renew_id().await;
    let other = found(&world).await;
    assert!(other.foreign.is_some() && other.contradicts());
}

#[tokio::test]
async fn a_relay_at_work_misses_nothing_of_a_log_that_grows() {
    let mut world = relayed(10).await;
    let _relay = world.relay();
    for _ in 0..5 {
        world.log.append(200).await;
        assert_eq!(found(&world).await.missing(), None);
    }
}
