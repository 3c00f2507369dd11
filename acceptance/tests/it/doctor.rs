//! `stagedoor doctor --deep`: what is missing where, and what of it can be mended.

use std::time::Duration;

use serde_json::Value;

use crate::support::{House, Load, World, audit, quantity, standing};

const DONE: i32 = 0;
const FAULT: i32 = 1;
const USAGE: i32 = 2;
const WITHIN: Duration = Duration::from_secs(30);

/// A house that has sold some tickets, and whose read models and stream have caught up.
async fn house() -> House {
    let house = House::open().await;
    let show = house.show(standing(100)).await;
    for _ in 0..10 {
        house.order(quantity(&show, 1)).await;
    }
    audit::audit(&house.world).await;
    house
}

/// What it finds deep, with this exit code.
async fn deep(world: &World, code: i32, more: &[&str]) -> Vec<Value> {
    let arguments = [&["doctor", "--deep", "--json"], more].concat();
    world.run(&arguments).await.code(code).json().as_array().unwrap().clone()
}

#[track_caller]
fn about<'a>(findings: &'a [Value], what: &str) -> &'a Value {
    let found = findings.iter().find(|finding| finding["what"] == what);
    found.unwrap_or_else(|| panic!("nothing about {what}: {findings:?}"))
}

fn counted(finding: &Value) -> (i64, i64) {
    (finding["missing"].as_i64().unwrap(), finding["of"].as_i64().unwrap())
}

const STREAM: &str = "JetStream, message by message";

#[tokio::test(flavor = "multi_thread")]
async fn of_a_sound_house_nothing_is_missing() {
    let house = house().await;
    let head = house.world.number("select position from log_head").await;
    let findings = deep(&house.world, DONE, &[]).await;
    let works = "select process from process_checkpoints";
    let works: Vec<String> = sqlx::query_scalar(works).fetch_all(&house.world.pool).await.unwrap();
    let counts: Vec<&Value> = findings.iter().filter(|finding| finding["of"].is_i64()).collect();
    // The log, the stream, and six read models beside the processes.
    assert_eq!(counts.len(), 8 + works.len(), "{findings:?}");
    for finding in counts {
        assert_eq!(counted(finding), (0, head), "{finding}");
        assert_eq!(finding["detail"], format!("0 missing of {head}"));
    }
    for process in works {
        about(&findings, &format!("process {process}"));
    }
    house.world.run(&["doctor", "--deep"]).await.code(DONE).says(&format!("0 missing of {head}"));
    house.world.run(&["doctor", "--fix"]).await.code(USAGE).says("--deep");
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_house_that_sells_nothing_is_missing_either() {
    let house = House::open().await;
    let show = house.show(Load::sections()).await;
    let load = Load::start(&house.customer, &house.operator, &show, 8);
    for _ in 0..5 {
        load.answers(20, WITHIN).await;
        let findings = deep(&house.world, DONE, &[]).await;
        let counts: Vec<&Value> = findings.iter().filter(|finding| finding["of"].is_i64()).collect();
        assert_eq!(counts.len(), 13, "{findings:?}");
    }
    load.finish().await;
    audit::audit(&house.world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holes_in_the_stream_are_counted_and_filled() {
    let house = house().await;
    let client = async_nats::jetstream::new(engines::testing::nats_client().await);
    let stream = client.get_stream(&house.world.stream).await.unwrap();
    for sequence in [5, 6, 9] {
        stream.delete_message(sequence).await.unwrap();
    }
    let findings = deep(&house.world, FAULT, &[]).await;
    let found = about(&findings, STREAM);
    assert_eq!((counted(found).0, &found["first"], &found["last"]), (3, &5.into(), &9.into()), "{found}");
    assert_eq!(counted(about(&deep(&house.world, DONE, &["--fix"]).await, STREAM)).0, 0);
    audit::audit(&house.world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_relayed_or_read_is_counted_and_relayed() {
    let mut house = house().await;
    let head = house.world.number("select position from log_head").await;
    house.process.kill9();
    let client = async_nats::jetstream::new(engines::testing::nats_client().await);
    client.delete_stream(&house.world.stream).await.unwrap();
    let back = "update projection_checkpoints set position = position - 4 where name = 'orders';
        delete from process_checkpoints where process = 'refunds'";
    sqlx::raw_sql(back).execute(&house.world.pool).await.unwrap();
    let findings = deep(&house.world, FAULT, &[]).await;
    let (gone, of) = counted(about(&findings, STREAM));
    // Nobody needs what is older than every checkpoint: a stream that is made anew begins there.
    assert!(gone == of && (4..=head).contains(&of), "{gone} of {of}");
    assert_eq!(about(&findings, STREAM)["last"], head);
    let orders = about(&findings, "projection orders");
    assert_eq!((counted(orders), &orders["first"]), ((4, head), &(head - 3).into()));
    assert_eq!(counted(about(&findings, "process refunds")), (head, head));
    assert!(about(&findings, "process refunds")["detail"].as_str().unwrap().contains("has never run"));
    // The stream follows from the log; who does not run can't be mended.
    let findings = deep(&house.world, FAULT, &["--fix"]).await;
    assert_eq!(counted(about(&findings, STREAM)), (0, of));
    assert_eq!(counted(about(&findings, "projection orders")).0, 4);
    house.restart().await;
    deep(&house.world, DONE, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_somebody_deleted_are_not_made_up() {
    let house = house().await;
    let delete = "alter table events disable trigger user; delete from events where position in (7, 8);
        alter table events enable trigger user";
    sqlx::raw_sql(delete).execute(&house.world.pool).await.unwrap();
    for more in [&[][..], &["--fix"]] {
        let findings = deep(&house.world, FAULT, more).await;
        let log = about(&findings, "the log, position by position");
        assert_eq!((counted(log).0, &log["first"], &log["last"]), (2, &7.into(), &8.into()));
    }
    assert_eq!(house.world.number("select count(*) from events where position in (7, 8)").await, 0);
}
