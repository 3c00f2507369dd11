//! The program's commands: what they print, and how they end.

use std::time::Duration;

use engines::testing::shared;
use serde_json::Value;

use crate::support::{House, Role, World, audit::audit, eventually, quantity, run_with_input, standing};

const DONE: i32 = 0;
const FAULT: i32 = 1;
const USAGE: i32 = 2;
const NO_ENGINE: i32 = 3;

/// Nothing listens there.
const NO_POSTGRES: &str = "postgres://nobody:nothing@127.0.0.1:1/nowhere";
const NO_NATS: &str = "nats://127.0.0.1:1";

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_usage_names_itself() {
    let world = World::unmigrated(shared().await.clone()).await;
    world.run(&["sing"]).await.code(USAGE).says("sing");
    world.run(&["serve"]).await.code(USAGE);
    world.run(&["serve", "tea"]).await.code(USAGE).says("command-api");
    world.run(&["events", "show", "nonsense"]).await.code(USAGE);
    let wrong = [("STAGEDOOR_QUEUE", "many".to_owned())];
    world.run_with(&wrong, &["serve", "all"]).await.code(USAGE).says("many");
    let wrong = [("DATABASE_URL", "mysql://secret-password@there/".to_owned())];
    let refused = world.run_with(&wrong, &["serve", "all"]).await.code(USAGE).says("DATABASE_URL");
    assert!(!refused.err.contains("secret-password"), "{refused:?}");
    let none: [(&'static str, String); 0] = [];
    crate::support::run(&none, world.directory.path(), &["serve", "all"])
        .await
        .code(USAGE)
        .says("DATABASE_URL");
    std::fs::write(world.directory.path().join("stagedoor.toml"), "quue = 1\n").unwrap();
    world.run(&["serve", "all"]).await.code(USAGE).says("quue");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_engine_is_told_from_a_fault() {
    let world = World::new().await;
    let away = [
        ("DATABASE_URL", NO_POSTGRES),
        ("READ_DATABASE_URL", NO_POSTGRES),
        ("MIGRATE_DATABASE_URL", NO_POSTGRES),
    ];
    let away = away.map(|(name, value)| (name, value.to_owned()));
    for arguments in
        [&["serve", "all"][..], &["migrate"], &["doctor"], &["events", "tail"], &["projections", "list"]]
    {
        let refused = world.run_with(&away, arguments).await.code(NO_ENGINE);
        assert!(!refused.err.contains("nothing@"), "a password is shown: {refused:?}");
    }
    world
        .run_with(&[("NATS_URL", NO_NATS.to_owned())], &["relay", "status"])
        .await
        .code(NO_ENGINE)
        .says("NATS");
    let refused = world.run_with(&away, &["--json", "migrate"]).await.code(NO_ENGINE);
    let told: Value = serde_json::from_str(&refused.err).unwrap();
    assert_eq!(told["exit_code"], NO_ENGINE);
    world.run(&["events", "show", "1"]).await.code(FAULT);
    world.run(&["events", "show", &format!("order-{}", uuid::Uuid::new_v4())]).await.code(FAULT);
    let holder = std::net::TcpListener::bind(("127.0.0.1", world.ports.query)).unwrap();
    world.run(&["serve", "query-api"]).await.code(NO_ENGINE).says("STAGEDOOR_QUERY_LISTEN");
    drop(holder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_password_that_others_could_read_is_not_used() {
    let world = World::new().await;
    let mail = |url: &str| {
        [("STAGEDOOR_SMTP_URL", url.to_owned()), ("STAGEDOOR_MAIL_FROM", "tickets@example.org".to_owned())]
    };
    for role in ["processes", "all"] {
        let refused = world.run_with(&mail("smtp://office:hunter2@mail.example.org"), &["serve", role]).await;
        let refused = refused.code(USAGE).says("STAGEDOOR_SMTP_URL").says("smtps://").says("tls=required");
        assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
    }
    world.serve_with(Role::Processes, world.ports, &mail("smtp://office:hunter2@127.0.0.1:25")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unmigrated_database_is_not_served() {
    let world = World::unmigrated(shared().await.clone()).await;
    // The log-in roles may not be there yet: any role will do.
    let server = world.engines.postgres_url.rsplit_once('/').unwrap().0;
    let url = format!("{server}/{}", world.stream.to_lowercase());
    let settings = [("DATABASE_URL", url.clone()), ("READ_DATABASE_URL", url)];
    for role in ["command-api", "query-api", "relay", "projections", "processes", "all"] {
        world.run_with(&settings, &["serve", role]).await.code(USAGE).says("stagedoor migrate");
    }
    world.run(&["migrate"]).await.code(DONE);
    world.run(&["migrate"]).await.code(DONE);
    let wanted =
        world.number("select count(*) from information_schema.tables where table_name = 'events'").await;
    assert_eq!(wanted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_tell_people_and_machines_the_same() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 2)).await;
    let stream = format!("order-{}", placed.text("order_id"));
    audit(&house.world).await;

    let shown = house.world.run(&["events", "show", &stream, "--json"]).await.code(DONE);
    let events = lines(&shown.out);
    assert_eq!(
        (events.len(), &events[0]["type"], &events[0]["stream_id"]),
        (1, &"OrderPlaced".into(), &stream.as_str().into())
    );
    let position = events[0]["position"].to_string();
    let single = house.world.run(&["events", "show", &position, "--json"]).await.code(DONE);
    assert_eq!(lines(&single.out), events);
    house.world.run(&["events", "show", &stream]).await.code(DONE).says("OrderPlaced").says("FIELD");

    let tail = lines(&house.world.run(&["events", "tail", "-n", "3", "--json"]).await.code(DONE).out);
    let positions: Vec<i64> = tail.iter().map(|event| event["position"].as_i64().unwrap()).collect();
    let head = house.world.number("select position from log_head").await;
    assert_eq!(positions, [head - 2, head - 1, head]);
    house.world.run(&["events", "tail"]).await.code(DONE).says(&stream);

    let projections = house.world.run(&["projections", "list", "--json"]).await.code(DONE).json();
    let mut names: Vec<&str> =
        projections.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accounts", "inventory", "ledger", "orders", "payments", "shows"]);
    assert!(projections.as_array().unwrap().iter().all(|row| row["position"] == head), "{projections}");
    house.world.run(&["projections", "list"]).await.code(DONE).says("inventory");

    let relay = house.world.run(&["relay", "status", "--json"]).await.code(DONE).json();
    assert_eq!((&relay["verdict"], &relay["head"], &relay["lag"]), (&"same".into(), &head.into(), &0.into()));
    house.world.run(&["relay", "status"]).await.code(DONE).says(&house.world.stream);
    house.world.run(&["relay", "reset"]).await.code(USAGE).says("--yes");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_knows_sound_roles_from_dangerous_ones() {
    let world = World::new().await;
    let sound = world.run(&["doctor", "--json"]).await;
    let findings = sound.json();
    let verdict = |what: &str| {
        let found = findings.as_array().unwrap().iter().find(|finding| finding["what"] == what);
        found.unwrap_or_else(|| panic!("nothing about {what}: {findings}"))["verdict"].clone()
    };
    for what in [
        "fsync",
        "DATABASE_URL can append",
        "DATABASE_URL can't change history",
        "READ_DATABASE_URL can only read",
        "the server's log names nobody",
    ] {
        assert_eq!(verdict(what), "ok", "{what}");
    }
    let server = world.engines.postgres_url.rsplit_once('/').unwrap().0;
    let superuser = [("DATABASE_URL", format!("{server}/{}", world.stream.to_lowercase()))];
    world.run_with(&superuser, &["doctor"]).await.code(FAULT).says("fault");
    let logged = format!("alter database {} set log_statement = 'mod'", world.stream.to_lowercase());
    sqlx::raw_sql(sqlx::AssertSqlSafe(logged)).execute(&world.pool).await.unwrap();
    world.run(&["doctor"]).await.says("log_parameter_max_length");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_not_the_log_s_is_a_fault_until_it_is_reset() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    house.order(quantity(&show, 2)).await;
    audit(&house.world).await;
    let foreign = format!("{}.order.x.Forged", house.world.stream.to_lowercase());
    let nats = engines::testing::nats_client().await;
    async_nats::jetstream::new(nats).publish(foreign, "{}".into()).await.unwrap().await.unwrap();

    house.order(quantity(&show, 1)).await;
    let status = house.world.run(&["relay", "status", "--json"]).await.code(FAULT);
    assert_eq!(status.json()["verdict"], "differs", "{status:?}");
    house.world.run(&["doctor"]).await.code(FAULT).says("the stream equals the log");
    let health = format!("http://127.0.0.1:{}/readyz", house.world.ports.health);
    eventually("a relay that says it has stopped", Duration::from_secs(20), || async {
        (house.customer.api.http.get(&health).send().await.unwrap().status() == 503).then_some(())
    })
    .await;
    house.customer.get("/v1/orders").await.ok(200);
    house.world.run(&["relay", "reset", "--yes"]).await.code(DONE);
    house.world.run(&["relay", "status"]).await.code(DONE);
    audit(&house.world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_created_with_their_roles() {
    let world = World::new().await;
    let create = async |email: &str, role: &str, password: &str| {
        let arguments = ["users", "create", "--email", email, "--role", role, "--json"];
        run_with_input(&world.settings(), world.directory.path(), &arguments, password).await
    };
    let made = create("ada@example.org", "admin", "correct horse battery\n").await.code(DONE);
    let user = made.json()["user_id"].as_str().unwrap().to_owned();
    create("ada@example.org", "admin", "correct horse battery").await.code(4).says("taken");
    create("bea@example.org", "queen", "correct horse battery").await.code(USAGE).says("queen");
    create("bea", "admin", "correct horse battery").await.code(USAGE).says("--email");
    create("bea@example.org", "admin", "short").await.code(USAGE).says("password");
    let _serving = (world.serve(Role::CommandApi).await, world.serve(Role::QueryApi).await);
    let ada = world.stranger().sign_in("ada@example.org", "correct horse battery").await;
    assert_eq!(ada.user_id, user);
    let me = ada.get("/v1/users/me").await.ok(200);
    assert!(me.body["roles"].as_array().unwrap().contains(&"admin".into()), "{me:?}");
}
