//! The log as a file: out of one database and into another.

use std::{fs, path::PathBuf, time::Duration};

use engines::testing::shared;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::{
    evidence::AUDIT,
    readme::README,
    support::{
        As, Caller, Home, House, Process, Role, Signing, World, audit, command, eventually, new_key, program,
        quantity, run_with_input, standing,
    },
};

const DONE: i32 = 0;
const FAULT: i32 = 1;
const USAGE: i32 = 2;
const NOTICED_WITHIN: Duration = Duration::from_secs(30);

/// As the section before in the same document defines it.
const DEFINED: &str = "stagedoor() { cargo run --quiet --bin stagedoor -- \"$@\"; }";

const OPERATIONS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md"));

/// A house that has sold some tickets.
async fn house() -> House {
    let house = House::open().await;
    let show = house.show(standing(100)).await;
    for number in 0..6 {
        let placed = house.order(quantity(&show, 1)).await;
        if number % 2 == 0 {
            let approve = format!("/v1/payments/{}/approve", placed.text("payment_id"));
            house.operator.post(&approve, json!({})).await.ok(200);
        }
    }
    house
}

fn file(world: &World, name: &str) -> (PathBuf, String) {
    let path = world.directory.path().join(name);
    let text = path.display().to_string();
    (path, text)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Those that are events: the first line and the last are not.
fn events(text: &str) -> Vec<Value> {
    lines(text).into_iter().filter(|line| line["position"].is_i64()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_moves_to_another_database_and_selling_goes_on_there() {
    let house = house().await;
    let before = audit::audit(&house.world).await;
    let (path, name) = file(&house.world, "log.jsonl");
    let told = house.world.run(&["events", "export", "--out", &name, "--json"]).await.code(DONE).json();
    assert_eq!((&told["position"], &told["events"]), (&before.head().into(), &before.head().into()));
    let [begin, .., end] = &lines(&fs::read_to_string(&path).unwrap())[..] else { panic!("two lines") };
    assert_eq!((&begin["export"]["log_id"], &begin["export"]["from"]), (&told["log_id"], &1.into()));
    assert_eq!(end["end"]["position"], before.head());

    let there = World::new().await;
    let imported = there.run(&["events", "import", &name, "--json"]).await.code(DONE).json();
    assert_eq!(imported["position"], before.head());
    assert_ne!(imported["log_id"], told["log_id"], "it is another log now");
    let _serving = there.serve(Role::All).await;
    let after = audit::audit(&there).await;
    assert_eq!((after.head(), &after.orders), (before.head(), &before.orders));
    let (organizer, customer) = tokio::join!(there.staff(&["organizer"]), there.customer());
    let show = crate::support::show(&organizer, standing(10)).await;
    customer.post("/v1/orders", quantity(&show, 1)).await.ok(201);
    assert!(audit::audit(&there).await.head() > before.head());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_log_moves_beside_it() {
    let tables: Vec<&str> =
        OPERATIONS.split_whitespace().filter_map(|word| word.strip_prefix("--table=")).collect();
    assert!(tables.contains(&"users") && tables.contains(&"commands"), "{tables:?}");
    let mut house = house().await;
    let show = house.show(standing(10)).await;
    let (key, body) = (new_key(), quantity(&show, 1));
    let first = house.customer.post_with_key(&key, "/v1/orders", &body).await.ok(201);
    let before = audit::audit(&house.world).await.head();
    house.process.kill9();
    let (_, name) = file(&house.world, "log.jsonl");
    house.world.run(&["events", "export", "--out", &name]).await.code(DONE);
    let there = World::new().await;
    there.run(&["events", "import", &name]).await.code(DONE);
    if !house.world.add_tables_to(&there, &tables) {
        return;
    }
    let _serving = there.serve(Role::All).await;
    let customer = Caller { token: house.customer.token.clone(), ..there.stranger() };
    let again = customer.post_with_key(&key, "/v1/orders", &body).await.ok(201);
    assert_eq!(again.body, first.body, "the answer is known there");
    assert_eq!(audit::audit(&there).await.head(), before, "nothing was sold twice");
    there.run(&["doctor", "--deep"]).await.code(DONE);
}

/// Somebody could otherwise have any log signed, by giving it another id.
#[tokio::test(flavor = "multi_thread")]
async fn an_imported_log_is_signed_once_a_person_has_begun_with_it() {
    let house = house().await;
    let signing = Signing::within(house.world.directory.path());
    let settings = signing.settings(5);
    house.world.run_with(&settings, &["audit", "checkpoint"]).await.code(DONE);
    let (_, name) = file(&house.world, "log.jsonl");
    house.world.run(&["events", "export", "--out", &name]).await.code(DONE);

    let there = World::new().await;
    there.run(&["events", "import", &name]).await.code(DONE).says("audit checkpoint --begin");
    let serving = there.serve_with(Role::All, there.ports, &settings).await;
    let health = format!("http://127.0.0.1:{}/readyz", there.ports.health);
    let readiness = async || {
        let reply = house.customer.api.http.get(&health).send().await.unwrap();
        (reply.status().as_u16(), reply.json::<Value>().await.unwrap()["checks"]["checkpoints"].to_string())
    };
    eventually("a program that does not sign", NOTICED_WITHIN, || async {
        let (status, said) = readiness().await;
        (status == 503 && said.contains("--begin")).then_some(())
    })
    .await;
    there.run_with(&settings, &["audit", "checkpoint"]).await.code(FAULT).says("--begin");
    there.run_with(&settings, &["audit", "verify"]).await.code(FAULT).says("--begin");

    there.run_with(&settings, &["audit", "checkpoint", "--begin"]).await.code(DONE).says("checkpoint 1");
    there.run_with(&signing.auditor(), &["audit", "verify"]).await.code(DONE);
    house.world.run_with(&signing.auditor(), &["audit", "verify"]).await.code(DONE);
    eventually("a program that signs", NOTICED_WITHIN, || async {
        (readiness().await.0 == 200).then_some(())
    })
    .await;
    drop(serving);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_was_cut_off_or_left_behind_is_gone_on_with() {
    let house = house().await;
    for (form, name) in [("jsonl", "log.jsonl"), ("csv", "log.csv")] {
        let (path, name) = file(&house.world, name);
        let export = ["events", "export", "--format", form, "--out", &name];
        house.world.run(&export).await.code(DONE).says("complete");
        let whole = fs::read(&path).unwrap();
        for cut in [0, 10, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            fs::write(&path, &whole[..cut]).unwrap();
            house.world.run(&export).await.code(DONE);
            assert!(fs::read(&path).unwrap() == whole, "{form} after {cut} bytes");
        }
        let show = house.show(standing(10)).await;
        house.order(quantity(&show, 1)).await;
        house.world.run(&export).await.code(DONE);
        let longer = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        house.world.run(&export).await.code(DONE);
        assert_eq!(longer, fs::read_to_string(&path).unwrap(), "as if it had been written at once");
        assert!(longer.len() > whole.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_whole_log_is_not_imported() {
    let house = house().await;
    let there = World::new().await;
    let (path, name) = file(&house.world, "log.jsonl");
    house.world.run(&["events", "export", "--out", &name]).await.code(DONE);
    let whole = fs::read_to_string(&path).unwrap();
    let all: Vec<&str> = whole.split_inclusive('\n').collect();
    let without = |left_out: usize| -> String {
        all.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, line)| *line).collect()
    };
    let faults = [
        (whole[..whole.len() / 2].to_owned(), "cut off"),
        (without(all.len() - 1), "cut off"),
        (without(3), "after position 2 comes 4"),
        (whole.replacen("EUR", "USD", 1), "the hash at position"),
        (whole.clone() + all[1], "comes after the end"),
        (without(0), "is not the first"),
        ("a shopping list\n".to_owned(), "line 1 is no line of an export"),
    ];
    for (text, expected) in faults {
        fs::write(&path, text).unwrap();
        let refused = there.run(&["events", "import", &name]).await.code(FAULT);
        refused.says(expected).says("nothing was imported");
    }
    for (arguments, expected) in [
        (&["--format", "csv"][..], "CSV can't be imported"),
        (&["--from", "2"], "only a part"),
        (&["--type", "OrderPlaced"], "only a part"),
    ] {
        fs::remove_file(&path).unwrap();
        let export = [&["events", "export", "--out", &name], arguments].concat();
        house.world.run(&export).await.code(DONE);
        there.run(&["events", "import", &name]).await.code(USAGE).says(expected);
    }
    assert_eq!(there.number("select count(*) from events").await, 0);
    fs::write(&path, &whole).unwrap();
    house.world.run(&["events", "import", &name]).await.code(USAGE).says("only an empty one");
    there.run(&["events", "import", "missing.jsonl"]).await.code(USAGE).says("missing.jsonl");
    let as_writer = [("MIGRATE_DATABASE_URL", there.database_url("acceptance_writer"))];
    there.run_with(&as_writer, &["events", "import", &name]).await.code(USAGE).says("MIGRATE_DATABASE_URL");
    let from_a_pipe = ["events", "import", "-"];
    let piped = run_with_input(&there.settings(), there.directory.path(), &from_a_pipe, &whole).await;
    piped.code(DONE).says("verified");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_holds_something_else_is_left_alone() {
    let house = house().await;
    let there = World::new().await;
    let (path, name) = file(&house.world, "log.jsonl");
    fs::write(&path, "a shopping list\n").unwrap();
    house.world.run(&["events", "export", "--out", &name]).await.code(USAGE).says("left alone");
    assert_eq!(fs::read_to_string(&path).unwrap(), "a shopping list\n");
    fs::remove_file(&path).unwrap();
    house.world.run(&["events", "export", "--out", &name]).await.code(DONE);
    house
        .world
        .run(&["events", "export", "--out", &name, "--type", "X"])
        .await
        .code(USAGE)
        .says("other options");
    there.run(&["events", "export", "--out", &name]).await.code(USAGE).says("this is log");
    house.world.run(&["events", "export", "--to", "100000"]).await.code(USAGE).says("the log ends at");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_is_not_exported_as_if_it_were_whole() {
    let house = house().await;
    let damage =
        "alter table events disable trigger user; update events set type = 'ShowClosed' where position = 4;
        alter table events enable trigger user";
    sqlx::raw_sql(damage).execute(&house.world.pool).await.unwrap();
    let (path, name) = file(&house.world, "log.jsonl");
    house.world.run(&["events", "export", "--out", &name]).await.code(FAULT).says("at position 4");
    assert!(!fs::read_to_string(&path).unwrap().contains("\"end\""));
    // As it is, for whoever looks into it.
    let shown = house.world.run(&["events", "export", "--type", "ShowClosed"]).await.code(DONE);
    assert_eq!(events(&shown.out)[0]["position"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_shown_by_stream_position_type_and_correlation() {
    let house = house().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 2)).await;
    let order = placed.text("order_id");
    let shown = async |arguments: &[&str]| {
        let arguments = [&["events"], arguments, &["--json"]].concat();
        events(&house.world.run(&arguments).await.code(DONE).out)
    };
    let head = house.world.number("select position from log_head").await;
    let around = shown(&["show", "--correlation", &order]).await;
    let types: Vec<&str> = around.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types.len(), 3, "{types:?}");
    assert_eq!(shown(&["export", "--correlation", &order]).await, around);
    assert_eq!(shown(&["tail", "--correlation", &order]).await, around);
    let of_type = shown(&["show", "--type", "OrderPlaced"]).await;
    assert_eq!((of_type.len(), &of_type[6]["stream_id"]), (7, &format!("order-{order}").into()));
    assert_eq!(shown(&["tail", "-n", "2", "--type", "OrderPlaced"]).await, of_type[5..]);
    let last_two = (head - 1).to_string();
    assert_eq!(shown(&["show", "--from", &last_two]).await, shown(&["tail", "-n", "2"]).await);
    let inventory = format!("inventory-{show}");
    let stream = shown(&["show", &inventory]).await;
    assert_eq!(stream, shown(&["tail", "--stream-id", &inventory]).await);
    assert_eq!(stream, shown(&["export", "--stream-id", &inventory]).await);
    house.world.run(&["events", "show"]).await.code(USAGE).says("nothing was asked for");
    house.world.run(&["events", "show", "--type", "TeaMade"]).await.code(FAULT).says("no event like that");
    house
        .world
        .run(&["events", "show", "--from", "9", "--to", "3"])
        .await
        .code(USAGE)
        .says("--from is beyond --to");
    house.world.run(&["events", "show", "--stream-id", "tea"]).await.code(USAGE).says("--stream-id");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_followed_as_it_happens() {
    let house = house().await;
    let show = house.show(standing(10)).await;
    let mut command = command(&program(), &house.world.settings(), house.world.directory.path());
    command.args(["events", "tail", "--follow", "-n", "1", "--type", "OrderPlaced", "--json"]);
    let mut tail = Process::start(command, house.world.directory.path().join("tail.log"));
    let printed = async |count: usize| {
        eventually("what was followed", NOTICED_WITHIN, || async {
            let found = events(&tail.log());
            (found.len() >= count).then_some(found)
        })
        .await
    };
    printed(1).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let placed = house.order(quantity(&show, 1)).await;
        streams.push(format!("order-{}", placed.text("order_id")));
        assert_eq!(printed(1 + streams.len()).await.len(), 1 + streams.len());
    }
    let found: Vec<String> =
        printed(4).await[1..].iter().map(|event| event["stream_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(found, streams);
    tail.signal(Signal::SIGINT);
    assert!(tail.ended(NOTICED_WITHIN).await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_that_move_count_and_forget_print_what_the_document_says() {
    let home = Home::of(As::Tester).unwrap();
    let up = home.up().await;
    let there = World::unmigrated(shared().await.clone()).await;
    let before = format!("{}\nNEW={}", README.script("Sell a ticket", 3), there.owner_url());
    let headings = ["Take the log along", "Count what is missing", "Hand out what is held of a person"];
    home.prints(&AUDIT, &headings, &format!("{before}\n{DEFINED}")).await;
    drop(up);
}
