use event_store::{Lease, LogReader, Missing, forget_stray_snapshots, head, holds, new_id, stray_snapshots};

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

#[tokio::test(flavor = "multi_thread")]
async fn positions_without_an_event_are_counted() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 100).await;
    for _ in 0..10 {
        buy(&sequencer, show).await.unwrap();
    }
    let mut reader = LogReader::new(database.options.clone(), "test");
    assert_eq!(reader.missing(32, |_| ()).await.unwrap(), None);
    let mut connection = database.connect().await;
    let delete = "alter table events disable trigger user; delete from events where position in (7, 8, 21)";
    sqlx::raw_sql(delete).execute(&mut connection).await.unwrap();
    let missing = reader.missing(32, |_| ()).await.unwrap();
    assert_eq!(missing, Some(Missing { count: 3, first: 7, last: 21 }));
    let names = reader.names(5, 9).await.unwrap();
    assert_eq!(names.iter().map(|event| event.position).collect::<Vec<_>>(), [6, 9]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_in_the_log_only_with_its_history() {
    let database = Database::new().await;
    show_of(&database.sequencer(), 5).await;
    let mut log = database.log().await;
    let mut connection = database.connect().await;
    assert!(holds(&mut connection, &log[1]).await.unwrap());
    log[1].hash.0 = [7; 32];
    assert!(!holds(&mut connection, &log[1]).await.unwrap());
    log[0].position = 3;
    assert!(!holds(&mut connection, &log[0]).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn states_of_streams_that_never_came_that_far_are_found_and_forgotten() {
    let database = Database::new().await;
    let show = show_of(&database.sequencer(), 5).await;
    let mut connection = database.connect().await;
    let stream = domain::StreamId::show(show).to_string();
    for (name, version) in [(stream.as_str(), 2), ("order-x", 9)] {
        let insert = "insert into snapshots values ($1, $2, 1, '{}')";
        sqlx::query(insert).bind(name).bind(version).execute(&mut connection).await.unwrap();
    }
    assert_eq!(head(&mut connection).await.unwrap().position, 2);
    assert_eq!(stray_snapshots(&mut connection).await.unwrap(), 1);
    assert_eq!(forget_stray_snapshots(&mut connection).await.unwrap(), 1);
    assert_eq!(stray_snapshots(&mut connection).await.unwrap(), 0);
    let left: Vec<String> =
        sqlx::query_scalar("select stream_id from snapshots").fetch_all(&mut connection).await.unwrap();
    assert_eq!(left, [stream]);
}
