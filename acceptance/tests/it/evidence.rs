//! That the log is evidence: verified, signed, proven, by the program's commands and as docs/audit.md shows them.

use std::{fs, path::Path, time::Duration};

use serde_json::Value;
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use crate::{
    readme::README,
    support::{
        As, Document, Home, House, Ran, Signing, World, alike, audit::audit, eventually, quantity, standing,
    },
};

pub(crate) const AUDIT: Document =
    Document(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/audit.md")));
const CHECKER: &str = include_str!("../../../docs/audit/check_proof.py");
const WITHIN: Duration = Duration::from_secs(20);
const DONE: i32 = 0;
const FAULT: i32 = 1;
const USAGE: i32 = 2;
const NO_ENGINE: i32 = 3;

/// What an owner can do, whom no grant stops, and whom triggers stop only until they are off.
async fn tamper(database: &PgConnectOptions, sql: &'static str) {
    let mut connection = database.connect().await.unwrap();
    sqlx::raw_sql("alter table events disable trigger user").execute(&mut connection).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_its_document_print_what_it_says_they_print() {
    let home = Home::of(As::Tester).unwrap();
    let script = home.directory.path().join("docs/audit/check_proof.py");
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, CHECKER).unwrap();
    let up = home.up().await;
    eventually("the first checkpoint", WITHIN, || async {
        fs::read_dir(home.data().join("checkpoints")).ok()?.next().map(|_| ())
    })
    .await;
    home.shell(&README.script("Sell a ticket", 3)).await.code(DONE);

    home.prints(&AUDIT, &["Verify the log", "Prove one event", "Read models equal to the log"], "").await;

    // Nor are the other keys mere words.
    let keys = [AUDIT.script("Sign in production", 1), AUDIT.script("Replace the key", 1)].concat();
    home.shell(&keys).await.code(DONE);
    let trusted = fs::read_to_string(home.directory.path().join("checkpoint-public-key.pem")).unwrap();
    assert_eq!(trusted.matches("BEGIN PUBLIC KEY").count(), 2);
    the_next_key_goes_on(&home).await;

    fault_is_told_as_documented(&home).await;
    drop(up);
}

/// With the keys that the document's lines have made.
async fn the_next_key_goes_on(home: &Home) {
    home.shell(&README.script("Sell a ticket", 3)).await.code(DONE);
    let preamble = ". .stagedoor/env
        stagedoor() { cargo run --quiet --bin stagedoor -- \"$@\"; }
        cat \"$STAGEDOOR_CHECKPOINT_PUBLIC_KEY\" checkpoint-public-key.pem > all.pem\n";
    let next = "STAGEDOOR_CHECKPOINT_PUBLIC_KEY=all.pem STAGEDOOR_CHECKPOINT_KEY=next-key.pem stagedoor audit checkpoint";
    home.shell(&format!("{preamble}{next}")).await.code(DONE).says("checkpoint 3");
    let verify = "unset STAGEDOOR_CHECKPOINT_KEY; stagedoor audit verify";
    home.shell(&format!("{preamble}{verify}")).await.code(FAULT).says("a key that is not trusted");
    let all = "export STAGEDOOR_CHECKPOINT_PUBLIC_KEY=all.pem";
    home.shell(&format!("{preamble}{all}; {verify}")).await.code(DONE).says("Nothing speaks against the log");
}

/// The lines behind "and with 1 otherwise".
async fn fault_is_told_as_documented(home: &Home) {
    let env = fs::read_to_string(home.data().join("env")).unwrap();
    let owner = env.lines().find_map(|line| line.strip_prefix("export MIGRATE_DATABASE_URL='")).unwrap();
    let owner: PgConnectOptions = owner.trim_end_matches('\'').parse().unwrap();
    tamper(&owner, "update events set data = (data::text || ' ')::json where position = 7").await;
    let verify = ". .stagedoor/env; STAGEDOOR_CHECKPOINT_PUBLIC_KEY=all.pem cargo run --quiet --bin stagedoor -- audit verify";
    let found = home.shell(verify).await.code(FAULT);
    let documented = AUDIT.0.split("```text\n").find(|block| block.contains("FAULT")).unwrap();
    for line in documented.split("```").next().unwrap().lines() {
        assert!(found.out.lines().any(|printed| alike(printed) == alike(line)), "{line}: {found:#?}");
    }
    assert!(found.err.contains("the chain breaks at position 7"), "{found:#?}");
}

/// A house that signs, after a few orders, with everything signed.
async fn signed_house() -> (House, Signing) {
    let world = World::new().await;
    let signing = Signing::within(world.directory.path());
    let house = House::in_world_with(world, &signing.settings(20)).await;
    let show = house.show(standing(100)).await;
    for _ in 0..10 {
        house.order(quantity(&show, 2)).await;
    }
    audit(&house.world).await;
    house.world.run_with(&signing.settings(20), &["audit", "checkpoint"]).await.code(DONE);
    (house, signing)
}

async fn verify(house: &House, signing: &Signing) -> Ran {
    house.world.run_with(&signing.auditor(), &["audit", "verify", "--json"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_superuser_does_to_the_log_is_found_and_named() {
    let (house, signing) = signed_house().await;
    let sound = verify(&house, &signing).await.code(DONE).json();
    let head = house.world.number("select position from log_head").await;
    assert_eq!(
        (&sound["head"], &sound["events"], &sound["faults"]),
        (&head.into(), &head.into(), &Value::Array(vec![]))
    );
    assert_eq!((&sound["jetstream"], &sound["checkpoints"]["signed_to"]), (&"agrees".into(), &head.into()));
    assert!(sound["events_per_second"].as_f64().unwrap() > 0.0);
    house.world.run(&["audit", "verify"]).await.code(DONE).says("not asked");
    house
        .world
        .run_with(&signing.auditor(), &["audit", "verify", "--from", "3", "--to", "9"])
        .await
        .code(DONE);

    let owner: PgConnectOptions = house.world.owner_url().parse().unwrap();
    tamper(&owner, "create table pristine as select * from events; update events set version = version + 5000 where position = 12").await;
    let changed = verify(&house, &signing).await.code(FAULT);
    assert_eq!(changed.json()["faults"][0]["first_bad_position"], 12, "{changed:?}");

    let restore = "delete from events; insert into events select * from pristine";
    tamper(&owner, restore).await;
    verify(&house, &signing).await.code(DONE);

    tamper(&owner, "delete from events where position > 25").await;
    let cut = verify(&house, &signing).await.code(FAULT).json();
    let witnesses: Vec<&str> =
        cut["faults"].as_array().unwrap().iter().map(|fault| fault["kind"].as_str().unwrap()).collect();
    assert!(witnesses.contains(&"tail_cut"), "{cut}");
    assert!(cut["faults"].as_array().unwrap().iter().all(|fault| fault["first_bad_position"] == 26), "{cut}");
    for witness in ["read model orders", "process hold-expiry", "JetStream"] {
        assert!(cut.to_string().contains(witness), "{witness}: {cut}");
    }
    // Without checkpoints, those who followed still know.
    house.world.run(&["audit", "verify"]).await.code(FAULT).says("read model");

    // And those who sign say so where everybody looks.
    tamper(&owner, restore).await;
    let show = house.show(standing(100)).await;
    house.order(quantity(&show, 1)).await;
    let newest = "update events set data = (data::text || ' ')::json where position = (select max(position) from events)";
    tamper(&owner, newest).await;
    let health = format!("http://127.0.0.1:{}/readyz", house.world.ports.health);
    house
        .world
        .run_with(&signing.settings(20), &["audit", "checkpoint"])
        .await
        .code(FAULT)
        .says("nothing is signed");
    for _ in 0..10 {
        house.order(quantity(&show, 1)).await;
    }
    eventually("a program that says that it signs no more", WITHIN, || async {
        let answer = house.customer.api.http.get(&health).send().await.unwrap();
        (answer.status() == 503 && answer.text().await.unwrap().contains("audit verify")).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_computed_anew_is_found_where_jetstream_and_the_log_part() {
    let (house, signing) = signed_house().await;
    let owner: PgConnectOptions = house.world.owner_url().parse().unwrap();
    let mut connection = owner.connect().await.unwrap();
    sqlx::raw_sql("alter table events disable trigger user").execute(&mut connection).await.unwrap();
    rewrite_from(&mut connection, 17).await;
    let found = verify(&house, &signing).await.code(FAULT).json();
    let faults = found["faults"].as_array().unwrap();
    let rewritten = faults.iter().find(|fault| fault["kind"] == "rewritten").unwrap();
    let (from, to) = (rewritten["from"].as_i64().unwrap(), rewritten["to"].as_i64().unwrap());
    assert!((from..=to).contains(&17), "{found}");
    let exact =
        faults.iter().find(|fault| fault["witness"] == "JetStream" && fault["first_bad_position"] == 17);
    assert!(exact.is_some_and(|fault| fault["detail"].as_str().unwrap().contains("up to 16")), "{found}");
}

/// Changes an event, and computes the chain anew from there as docs/events.md has it.
async fn rewrite_from(connection: &mut PgConnection, position: i64) {
    let chain = "
        do $$
        declare
            previous bytea;
            e record;
        begin
            update events set data = (data::text || ' ')::json where position = POSITION;
            select hash into previous from events where position = POSITION - 1;
            for e in select * from events where position >= POSITION order by position loop
                previous := sha256(previous || int8send(e.position) || int8send(e.version)
                    || int8send((extract(epoch from e.recorded_at) * 1000000)::bigint) || uuid_send(e.event_id)
                    || int4send(octet_length(e.stream_id)) || convert_to(e.stream_id, 'UTF8')
                    || int4send(octet_length(e.type)) || convert_to(e.type, 'UTF8')
                    || int4send(octet_length(e.data::text)) || convert_to(e.data::text, 'UTF8')
                    || int4send(octet_length(e.metadata::text)) || convert_to(e.metadata::text, 'UTF8'));
                update events set hash = previous where position = e.position;
            end loop;
        end
        $$";
    let chain = sqlx::AssertSqlSafe(chain.replace("POSITION", &position.to_string()));
    sqlx::raw_sql(chain).execute(connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_is_checked_by_its_file_and_a_public_key_alone() {
    let (house, signing) = signed_house().await;
    let directory = house.world.directory.path();
    let written =
        house.world.run_with(&signing.auditor(), &["audit", "prove", "9", "--out", "proof.json"]).await;
    written.code(DONE).says("proof.json");
    let alone = [("STAGEDOOR_CHECKPOINT_PUBLIC_KEY", signing.public_key().display().to_string())];
    let check = async |file: &str| crate::support::run(&alone, directory, &["audit", "check", file]).await;
    check("proof.json").await.code(DONE).says("Proven: position 9 of log");
    let json = crate::support::run(&alone, directory, &["audit", "check", "proof.json", "--json"])
        .await
        .code(DONE)
        .json();
    assert_eq!((&json["event"]["position"], &json["checkpoint"]["sequence"]), (&9.into(), &1.into()));

    let text = fs::read_to_string(directory.join("proof.json")).unwrap();
    let forge = |name: &str, forged: String| {
        assert_ne!(forged, text);
        fs::write(directory.join(name), forged).unwrap();
    };
    forge("forged.json", text.replacen("\"data\": \"{", "\"data\": \"{ ", 1));
    check("forged.json").await.code(FAULT).says("not in the tree");
    forge("no-proof.json", "[]".to_owned());
    check("no-proof.json").await.code(FAULT).says("no proof");
    check("nowhere.json").await.code(USAGE).says("nowhere.json");
    let nobody: [(&'static str, String); 0] = [];
    crate::support::run(&nobody, directory, &["audit", "check", "proof.json"])
        .await
        .code(USAGE)
        .says("PUBLIC_KEY");
    let other = tempfile::tempdir().unwrap();
    let stranger = Signing::within(other.path());
    let stranger = [("STAGEDOOR_CHECKPOINT_PUBLIC_KEY", stranger.public_key().display().to_string())];
    crate::support::run(&stranger, directory, &["audit", "check", "proof.json"])
        .await
        .code(FAULT)
        .says("not trusted");

    let late = house.world.run_with(&signing.auditor(), &["audit", "prove", "9999"]).await;
    late.code(FAULT).says("no checkpoint covers position 9999");
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_on_the_log_s_own_server_are_kept_and_objected_to() {
    let house = House::open().await;
    house.show(standing(10)).await;
    let signing = Signing::within(house.world.directory.path());
    let name = format!("checkpoints_{}", uuid::Uuid::new_v4().simple());
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    sqlx::query(create).execute(&house.world.pool).await.unwrap();
    let owner = house.world.owner_url();
    let there = format!("{}/{name}", owner.rsplit_once('/').unwrap().0);
    let settings = [signing.settings(20), vec![("STAGEDOOR_CHECKPOINT_TO", there)]].concat();
    let signed = house.world.run_with(&settings, &["audit", "checkpoint"]).await.code(DONE);
    assert!(signed.err.contains("its owner can change both"), "{signed:?}");
    house.world.run_with(&settings, &["audit", "verify"]).await.code(DONE).says("its owner can change both");
    house.world.run_with(&settings, &["doctor"]).await.code(FAULT).says("checkpoints lie apart from the log");
    house
        .world
        .run_with(&signing.settings(20), &["doctor", "--json"])
        .await
        .says("the log is signed by checkpoints");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_to_sign_or_to_verify_is_named() {
    let world = World::new().await;
    let signing = Signing::within(world.directory.path());
    let only = |name: &'static str| -> Vec<(&'static str, String)> {
        signing.settings(10).into_iter().filter(|(setting, _)| *setting == name).collect()
    };
    let (key, place) = (only("STAGEDOOR_CHECKPOINT_KEY"), only("STAGEDOOR_CHECKPOINT_TO"));
    for (settings, arguments, missing) in [
        (&key, &["serve", "processes"][..], "STAGEDOOR_CHECKPOINT_TO"),
        (&place, &["serve", "all"], "STAGEDOOR_CHECKPOINT_KEY"),
        (&place, &["audit", "verify"], "STAGEDOOR_CHECKPOINT_PUBLIC_KEY"),
        (&place, &["audit", "checkpoint"], "STAGEDOOR_CHECKPOINT_KEY"),
        (&vec![], &["audit", "checkpoint"], "STAGEDOOR_CHECKPOINT_KEY"),
        (&key, &["audit", "prove", "1"], "STAGEDOOR_CHECKPOINT_TO"),
    ] {
        world.run_with(settings, arguments).await.code(USAGE).says(missing);
    }
    let nowhere =
        |place: &str| [signing.settings(10), vec![("STAGEDOOR_CHECKPOINT_TO", place.to_owned())]].concat();
    let away = nowhere("postgres://nobody:secret@127.0.0.1:1/checkpoints");
    for arguments in [["audit", "verify"], ["audit", "checkpoint"]] {
        let refused = world.run_with(&away, &arguments).await.code(NO_ENGINE).says("127.0.0.1:1");
        assert!(!refused.err.contains("secret"), "{refused:?}");
    }
    world
        .run_with(&nowhere("ftp://u:secret@x"), &["audit", "verify"])
        .await
        .code(USAGE)
        .says("STAGEDOOR_CHECKPOINT_TO");
    world.run(&["audit", "verify", "--from", "9", "--to", "3"]).await.code(USAGE).says("--to");
    assert!(!Path::new(&signing.place()).exists(), "nothing was signed");
}
