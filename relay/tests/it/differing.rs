//! Where stream and log part ways.

use relay::{Difference, first_difference};

use crate::support::World;

#[tokio::test]
async fn the_first_position_that_differs_is_found_among_those_that_the_stream_still_holds() {
    let mut world = World::new().await;
    world.log.append(10).await;
    let none = first_difference(&world.options, 1, 10).await.unwrap();
    assert_eq!(none, None, "there is no stream");
    let relay = world.relay();
    world.log.append(30).await;
    world.stream_becomes_the_log().await;
    relay.stop().await;
    assert_eq!(first_difference(&world.options, 1, 40).await.unwrap(), None, "they are the same");

    // The log is cut off, and something else grows in its place.
    world.log.cut_to(25).await;
    world.log.append(25).await;
    let differs = async |from, to| first_difference(&world.options, from, to).await.unwrap();
    let at = |position, exact| Some(Difference { position, exact });
    assert_eq!(differs(1, 50).await, at(26, true));
    assert_eq!(differs(26, 26).await, at(26, false));
    assert_eq!(differs(25, 26).await, at(26, true));
    assert_eq!(differs(1, 25).await, None);
    // Nothing older is compared, so it may begin earlier.
    assert_eq!(differs(30, 50).await, at(30, false));
    // The stream ends at 40.
    assert_eq!(differs(41, 50).await, None);
}
