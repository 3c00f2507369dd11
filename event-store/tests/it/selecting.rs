use std::time::Duration;

use domain::StreamId;
use event_store::{LogReader, Position, RecordedEvent, Selection, Walk};
use tokio::time::{sleep, timeout};

use crate::support::{Database, buy, show_of};

/// Everything that is selected, page by page.
async fn walk(database: &Database, selection: Selection, head: Position) -> Vec<RecordedEvent> {
    let mut walk = Walk::new(LogReader::new(database.options.clone(), "test"), selection);
    let mut events = Vec::new();
    while let Some(page) = walk.next(head).await.unwrap() {
        assert_eq!(page.position, walk.position());
        assert!(page.position <= head);
        events.extend(page.events);
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_is_found_and_nothing_else() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 5_000).await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(buy(&sequencer, show).await.unwrap().answer);
    }
    let log = database.log().await;
    let head = log.last().unwrap().position;
    let order = placed[2].order_id;
    let wanted = |takes: &dyn Fn(&RecordedEvent) -> bool| -> Vec<RecordedEvent> {
        log.iter().filter(|event| takes(event)).cloned().collect()
    };
    let all = Selection::default();
    assert_eq!(walk(&database, all.clone(), head).await, log);
    assert_eq!(walk(&database, all.clone(), 7).await, log[..7]);
    let some = Selection { from: Some(3), to: Some(9), ..all.clone() };
    assert_eq!(walk(&database, some.clone(), head).await, log[2..9]);
    let some = Selection { event_type: Some("OrderPlaced".into()), ..some };
    let expected = wanted(&|event| (3..=9).contains(&event.position) && event.event_type == "OrderPlaced");
    assert_eq!(walk(&database, some, head).await, expected);
    let correlation = Selection { correlation: Some(order.uuid()), ..all.clone() };
    let found = walk(&database, correlation.clone(), head).await;
    assert_eq!(found.len(), 3);
    assert_eq!(found, wanted(&|event| event.metadata().unwrap().correlation == order.uuid()));
    let inventory = StreamId::inventory(show);
    let stream = Selection { stream: Some(inventory), ..all };
    let expected = wanted(&|event| event.stream_id == inventory.to_string());
    assert_eq!(walk(&database, stream.clone(), head).await, expected);
    let both = Selection { stream: Some(inventory), ..correlation };
    assert_eq!(walk(&database, both, head).await.len(), 1);
    let cut = Selection { from: Some(expected[1].position), to: Some(expected[3].position), ..stream };
    assert_eq!(walk(&database, cut, head).await, expected[1..4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_goes_on_when_the_log_has_grown() {
    let database = Database::new().await;
    let sequencer = database.sequencer();
    let show = show_of(&sequencer, 5_000).await;
    for selection in
        [Selection::default(), Selection { stream: Some(StreamId::inventory(show)), ..Selection::default() }]
    {
        let mut walk = Walk::new(LogReader::new(database.options.clone(), "test"), selection);
        let mut found = 0;
        for _ in 0..3 {
            let head = buy(&sequencer, show).await.unwrap().position;
            let before = found;
            while let Some(page) = walk.next(head).await.unwrap() {
                found += page.events.len();
            }
            assert!(found > before && walk.position() == head);
            assert!(walk.next(head).await.unwrap().is_none());
        }
    }
}

/// A log of a hundred events of 200 kB. They are not whole, but nobody verifies them here.
async fn of_large_events() -> Database {
    let database = Database::new().await;
    let large = "insert into events select n, 'order-' || n, 1, gen_random_uuid(), 'Large',
        json_build_object('text', repeat('x', 200000)), '{}', now(), decode(repeat('00', 32), 'hex')
        from generate_series(1, 100) as n";
    sqlx::raw_sql(large).execute(&mut database.connect().await).await.unwrap();
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn large_events_make_small_pages() {
    let database = of_large_events().await;
    let mut walk = Walk::new(LogReader::new(database.options.clone(), "test"), Selection::default());
    let mut positions: Vec<Position> = Vec::new();
    while let Some(page) = walk.next(100).await.unwrap() {
        assert!(page.events.len() <= 6, "{}", page.events.len());
        positions.extend(page.events.iter().map(|event| event.position));
    }
    assert_eq!(positions, (1..=100).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_snapshot_is_held_while_a_page_is_looked_at() {
    let database = of_large_events().await;
    let mut walk = Walk::new(LogReader::new(database.options.clone(), "test"), Selection::default());
    let mut connection = database.connect().await;

    walk.next(100).await.unwrap();

    let held = "select count(*) from pg_stat_activity
        where datname = current_database() and application_name = 'stagedoor test' and backend_xmin is not null";
    let let_go = async {
        while sqlx::query_scalar::<_, i64>(held).fetch_one(&mut connection).await.unwrap() > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), let_go).await.expect("nobody holds a snapshot");
}
