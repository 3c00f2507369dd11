use event_store::{Lease, LogReader, new_id};

use crate::support::{Database, buy, show_of};

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_by_position_stream_and_head() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 5).await;
    let placed = buy(&sequencer, show).await.unwrap();
    let log = database.log().await;
    let mut reader = LogReader::new(database.options.clone(), "test");
    assert_eq!(reader.after(2, 2).await.unwrap(), log[2..4]);
    assert_eq!(reader.at(3).await.unwrap().as_ref(), Some(&log[2]));
    assert_eq!(reader.at(6).await.unwrap(), None);
    let head = reader.head().await.unwrap();
    assert_eq!((head.position, head.hash), (5, log[4].hash.0));
    let order = domain::StreamId::order(placed.answer.order_id);
    let stream = reader.stream(order, 0, 10).await.unwrap();
    assert_eq!(stream.iter().map(|event| event.event_type.as_str()).collect::<Vec<_>>(), ["OrderPlaced"]);
    assert_eq!(reader.stream(order, 1, 10).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_held_by_one_and_its_token_grows_when_it_passes_on() {
    let database = Database::new().await;
    let mut connection = database.connect().await;
    let (mine, theirs) = (Lease::new("x", new_id()), Lease::new("x", new_id()));
    let token = mine.take(&mut connection).await.unwrap().unwrap();
    assert_eq!(mine.take(&mut connection).await.unwrap(), Some(token), "prolonging changes nothing");
    assert_eq!(theirs.take(&mut connection).await.unwrap(), None);
    mine.release(&mut connection).await.unwrap();
    assert_eq!(theirs.take(&mut connection).await.unwrap(), Some(token + 1));
    assert_eq!(mine.take(&mut connection).await.unwrap(), None);
}
