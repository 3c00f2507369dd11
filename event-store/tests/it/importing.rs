//! A log that moves: out of one database, through a file's lines, into another.

use event_store::{
    Broken, ImportError, RecordedEvent, Sequencer,
    archive::{Line, read_line, write_event},
    import, renew_log_id,
};
use futures::stream;
use sqlx::Connection;

use crate::support::{Database, buy, show_of};

type Pages = Vec<Result<Vec<RecordedEvent>, String>>;

async fn sold(orders: usize) -> (Database, Vec<RecordedEvent>) {
    let database = Database::new().await;
    let sequencer: Sequencer = database.sequencer();
    let show = show_of(&sequencer, 100).await;
    for _ in 0..orders {
        buy(&sequencer, show).await.unwrap();
    }
    let log = database.log().await;
    (database, log)
}

/// As they come out of a file, a few at a time.
fn pages(log: &[RecordedEvent]) -> Pages {
    let through_a_line = |event: &RecordedEvent| {
        let mut text = Vec::new();
        write_event(event, &mut text).unwrap();
        let Ok(Line::Event(event)) = read_line(&text[..text.len() - 1]) else { panic!("no event") };
        *event
    };
    log.chunks(3).map(|page| Ok(page.iter().map(through_a_line).collect())).collect()
}

async fn fill(database: &Database, pages: Pages) -> Result<event_store::Head, ImportError<String>> {
    import(&database.options, stream::iter(pages)).await
}

async fn is_empty(database: &Database) {
    assert_eq!(database.log().await, []);
}

async fn log_id(database: &Database) -> uuid::Uuid {
    event_store::head(&mut database.connect().await).await.unwrap().log_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_moves_event_by_event_and_becomes_another() {
    let (from, log) = sold(20).await;
    let to = Database::new().await;
    let empty = log_id(&to).await;
    let head = fill(&to, pages(&log)).await.unwrap();
    assert_eq!(to.log().await, log);
    assert_eq!((head.position, head.hash), (log.len().try_into().unwrap(), log.last().unwrap().hash.0));
    assert_eq!(head.log_id, log_id(&to).await);
    assert!(![empty, log_id(&from).await].contains(&head.log_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn selling_goes_on_where_the_other_log_ended() {
    let (_, log) = sold(3).await;
    let to = Database::new().await;
    fill(&to, pages(&log)).await.unwrap();
    let show = domain::ShowId::from(log[0].stream().unwrap().uuid());
    let placed = buy(&to.sequencer(), show).await.unwrap();
    assert_eq!(placed.position, i64::try_from(log.len()).unwrap() + 3);
    to.log().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_changed_is_found_and_leaves_the_log_empty() {
    let (_, log) = sold(20).await;
    let changed = |change: fn(&mut Vec<RecordedEvent>)| {
        let mut log = log.clone();
        change(&mut log);
        pages(&log)
    };
    let to = Database::new().await;
    let found = fill(&to, changed(|log| log[40].data = log[40].data.replace('1', "2"))).await.unwrap_err();
    assert!(matches!(found, ImportError::Broken(Broken::Hash(41))), "{found}");
    let found = fill(&to, changed(|log| drop(log.remove(40)))).await.unwrap_err();
    assert!(matches!(found, ImportError::Broken(Broken::Place { after: 40, found: 42 })), "{found}");
    let found = fill(&to, changed(|log| log.swap(40, 41))).await.unwrap_err();
    assert!(matches!(found, ImportError::Broken(Broken::Place { after: 40, found: 42 })), "{found}");
    let found = fill(&to, changed(|log| log[40].version += 1)).await.unwrap_err();
    assert!(matches!(found, ImportError::Broken(Broken::Hash(41))), "{found}");
    let mut cut_off = pages(&log);
    cut_off.push(Err("the file ends too early".to_owned()));
    let found = fill(&to, cut_off).await.unwrap_err();
    assert_eq!(found.to_string(), "the file ends too early");
    is_empty(&to).await;
    let before = log_id(&to).await;
    fill(&to, pages(&log)).await.unwrap();
    assert_ne!(log_id(&to).await, before);
}

/// Somebody who computes the chain anew gets this far, and no further.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_a_stream_is_found_though_the_chain_holds() {
    let (_, mut log) = sold(3).await;
    log[4].version = 2;
    let mut previous = [0; 32];
    for event in &mut log {
        event.hash.0 = event.expected_hash(&previous);
        previous = event.hash.0;
    }
    let to = Database::new().await;
    let found = fill(&to, pages(&log)).await.unwrap_err();
    assert!(matches!(found, ImportError::Version(5)), "{found}");
    is_empty(&to).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_with_events_is_not_added_to() {
    let (from, log) = sold(1).await;
    let found = fill(&from, pages(&log)).await.unwrap_err();
    assert!(matches!(found, ImportError::NotEmpty(5)), "{found}");
    assert_eq!(from.log().await, log);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_gets_another_id_and_forgets_states_that_may_be_of_lost_events() {
    let (database, log) = sold(2).await;
    let mut connection = database.connect().await;
    sqlx::raw_sql("insert into snapshots values ('order-x', 9, 1, '{}')")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let before = log_id(&database).await;
    let renewed = renew_log_id(&database.options).await.unwrap();
    assert_ne!(renewed, before);
    assert_eq!(log_id(&database).await, renewed);
    assert_eq!(database.log().await, log);
    let snapshots: i64 = sqlx::query_scalar("select count(*) from snapshots")
        .fetch_one(&mut database.connect().await)
        .await
        .unwrap();
    assert_eq!(snapshots, 0);
    let writer = database.options.clone().options([("role", "stagedoor_writer")]);
    assert!(renew_log_id(&writer).await.unwrap_err().to_string().contains("permission denied"));
}
