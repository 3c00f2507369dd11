//! The restore drill of docs/operations.md: the database is put back to an older state, and the stream is ahead.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Caller, House, Load, Ports, Process, Role, Signing, World, audit, eventually, quantity, standing,
};

const DONE: i32 = 0;
const FAULT: i32 = 1;
const BUYERS: usize = 4;
const NOTICED_WITHIN: Duration = Duration::from_secs(30);

/// An order whose payment is approved.
async fn sell(customer: &Caller, operator: &Caller, show: &str) {
    let placed = customer.post("/v1/orders", quantity(show, 1)).await.ok(201);
    let approve = format!("/v1/payments/{}/approve", placed.text("payment_id"));
    operator.post(&approve, json!({})).await.ok(200);
}

async fn head(world: &World) -> i64 {
    world.number("select position from log_head").await
}

/// Readiness of the roles that have no HTTP of their own, and what it says.
async fn readiness(caller: &Caller, port: u16) -> (u16, Value) {
    let url = format!("http://127.0.0.1:{port}/readyz");
    let reply = caller.api.http.get(url).send().await.unwrap();
    (reply.status().as_u16(), reply.json().await.unwrap())
}

/// The relay says, wherever it can be asked, that it does not go on.
async fn refuses(world: &World, caller: &Caller, health: u16) {
    eventually("a relay that has stopped", NOTICED_WITHIN, || async {
        let (status, said) = readiness(caller, health).await;
        let of_the_relay = said["checks"]["relay"].as_str().unwrap_or_default();
        (status == 503 && of_the_relay.contains("`stagedoor relay status`")).then_some(())
    })
    .await;
    let status = world.run(&["relay", "status", "--json"]).await.code(FAULT);
    assert_eq!(status.json()["verdict"], "differs", "{status:?}");
    world.run(&["doctor"]).await.code(FAULT).says("the stream equals the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_state_under_a_running_house_is_refused_until_the_stream_is_reset() {
    let house = House::open().await;
    let show = house.show(Load::sections()).await;
    let load = Load::start(&house.customer, &house.operator, &show, BUYERS);
    load.answers(60, Duration::from_secs(30)).await;
    let backup = house.world.back_up().await;
    load.answers(60, Duration::from_secs(30)).await;
    load.finish().await;
    let lost = audit::audit(&house.world).await.head();
    house.world.restore(backup).await;

    let restored =
        eventually("the older state", NOTICED_WITHIN, || async { Some(head(&house.world).await) }).await;
    assert!(restored < lost, "nothing was lost: {restored} of {lost}");
    refuses(&house.world, &house.customer, house.world.ports.health).await;
    house.world.run(&["relay", "status"]).await.code(FAULT).says("the log already at");
    // Selling and reading go on: JetStream is a hint.
    for _ in 0..3 {
        sell(&house.customer, &house.operator, &show).await;
    }
    audit::audit_read_models(&house.world).await;
    // Now the numbers agree, and it is still another history.
    let place = quantity(&show, 1);
    while head(&house.world).await < lost + 5 {
        house.customer.post("/v1/orders", place.clone()).await.ok(201);
    }
    refuses(&house.world, &house.customer, house.world.ports.health).await;
    house.world.run(&["relay", "reset", "--yes"]).await.code(DONE);
    house.world.run(&["relay", "status"]).await.code(DONE);
    let books = audit::audit(&house.world).await;
    assert!(books.head() >= lost + 5);
    eventually("a relay that is ready", NOTICED_WITHIN, || async {
        (readiness(&house.customer, house.world.ports.health).await.0 == 200).then_some(())
    })
    .await;
}

/// Each role in a process of its own hears of the log in another way.
#[tokio::test(flavor = "multi_thread")]
async fn roles_that_outlive_a_restore_take_nothing_lost_for_real() {
    let world = World::new().await;
    let health = [(); 3].map(|()| Ports::free());
    let _serving: Vec<Process> = vec![
        world.serve(Role::CommandApi).await,
        world.serve(Role::QueryApi).await,
        world.serve_with(Role::Relay, health[0], &[]).await,
        world.serve_with(Role::Projections, health[1], &[]).await,
        world.serve_with(Role::Processes, health[2], &[]).await,
    ];
    let (organizer, operator) = tokio::join!(world.staff(&["organizer"]), world.staff(&["operator"]));
    let customer = world.customer().await;
    let show = crate::support::hasty_show(&organizer, standing(90_000)).await;
    sell(&customer, &operator, &show).await;
    let backup = world.back_up().await;
    for _ in 0..20 {
        sell(&customer, &operator, &show).await;
    }
    let lost = audit::audit(&world).await.head();
    world.restore(backup).await;
    // What takes the places of the lost events must not be overlooked: these holds have to end.
    let mut placed = Vec::new();
    while head(&world).await < lost + 5 {
        let reply = crate::support::until_answered(&customer, "/v1/orders", &quantity(&show, 1)).await;
        placed.push(reply.ok(201).text("order_id"));
    }
    refuses(&world, &customer, health[0].health).await;
    world.run(&["relay", "reset", "--yes"]).await.code(DONE);
    for order in &placed {
        let path = format!("/v1/orders/{order}");
        eventually("the end of a hold", Duration::from_secs(30), || async {
            (customer.get(&path).await.body["status"] == "expired").then_some(())
        })
        .await;
    }
    audit::audit(&world).await;
}

/// Consumers that are not ours keep positions, too: they can tell a log by its id.
#[tokio::test(flavor = "multi_thread")]
async fn with_a_new_id_everybody_begins_anew() {
    let world = World::new().await;
    let signing = Signing::within(world.directory.path());
    let signs = signing.settings(100_000);
    let house = House::in_world_with(world, &signs).await;
    let show = house.show(standing(1_000)).await;
    sell(&house.customer, &house.operator, &show).await;
    let backup = house.world.back_up().await;
    sell(&house.customer, &house.operator, &show).await;
    let (lost, before) = (audit::audit(&house.world).await.head(), log_id(&house.world).await);
    house.world.run_with(&signs, &["audit", "checkpoint"]).await.code(DONE);
    house.world.restore(backup).await;
    assert_eq!(log_id(&house.world).await, before, "a restore alone changes nothing");
    refuses(&house.world, &house.customer, house.world.ports.health).await;
    let as_writer = [("MIGRATE_DATABASE_URL", house.world.database_url("acceptance_writer"))];
    let reset = ["relay", "reset", "--yes", "--new-log-id"];
    house.world.run_with(&as_writer, &reset).await.code(2).says("MIGRATE_DATABASE_URL");
    house.world.run_with(&signs, &["audit", "checkpoint"]).await.code(FAULT).says("the log was cut off");
    refuses(&house.world, &house.customer, house.world.ports.health).await;
    house.world.run(&reset).await.code(DONE).says("audit checkpoint --begin");
    let after = log_id(&house.world).await;
    assert_ne!(after, before);
    let books = audit::audit(&house.world).await;
    assert!(books.head() < lost);
    eventually("read models and processes of the new log", NOTICED_WITHIN, || async {
        let of_another = "select count(*) from (select log_id from projection_checkpoints union all
            select log_id from process_checkpoints) as all_of_them where log_id <> (select log_id from log_identity)";
        (house.world.number(of_another).await == 0).then_some(())
    })
    .await;
    house.world.run(&["doctor", "--deep"]).await.code(DONE);
    house.world.run_with(&signs, &["audit", "checkpoint"]).await.code(FAULT).says("--begin");
    house.world.run_with(&signs, &["audit", "checkpoint", "--begin"]).await.code(DONE);
    house.world.run_with(&signing.auditor(), &["audit", "verify"]).await.code(DONE);
    sell(&house.customer, &house.operator, &show).await;
    audit::audit(&house.world).await;
}

async fn log_id(world: &World) -> Uuid {
    eventually("the log's id", NOTICED_WITHIN, || async {
        sqlx::query_scalar("select log_id from log_identity").fetch_one(&world.pool).await.ok()
    })
    .await
}

/// As when only the log was restored, and not what is derived from it.
#[tokio::test(flavor = "multi_thread")]
async fn read_models_and_processes_that_are_ahead_of_the_log_begin_again() {
    let mut house = House::open().await;
    let show = house.show(standing(1_000)).await;
    sell(&house.customer, &house.operator, &show).await;
    let kept = audit::audit(&house.world).await.head();
    for _ in 0..5 {
        sell(&house.customer, &house.operator, &show).await;
    }
    let lost = audit::audit(&house.world).await.head();
    house.world.run(&["doctor", "--deep"]).await.code(DONE);
    house.process.kill9();
    let cut = format!(
        "alter table events disable trigger user; delete from events where position > {kept};
         alter table events enable trigger user;
         insert into snapshots values ('inventory-{show}', 99, 1, '{{}}')"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(cut)).execute(&house.world.pool).await.unwrap();

    let found = house.world.run(&["doctor", "--deep", "--json"]).await.code(FAULT).json();
    let said = |what: &str| -> Vec<String> {
        let all = found.as_array().unwrap().iter().filter(|finding| finding["what"] == what);
        all.map(|finding| finding["detail"].as_str().unwrap().to_owned()).collect()
    };
    let of_the_stream = said("JetStream, message by message");
    let ahead = format!("{} messages, from {} to {lost}, are beyond the log's end", lost - kept, kept + 1);
    assert!(of_the_stream.iter().any(|detail| detail.contains(&ahead)), "{of_the_stream:?}");
    for what in ["projection orders", "projection ledger", "process hold-expiry", "process notifications"] {
        assert!(said(what)[0].contains("beyond the log's end"), "{what}: {:?}", said(what));
    }
    assert!(said("states of streams are the log's")[0].contains("--fix"));

    // What the stream has more may be all that is left of it: that is decided by people.
    let fixed = house.world.run(&["doctor", "--deep", "--fix"]).await.code(FAULT);
    fixed.says("are beyond the log's end").says("relay reset");
    assert_eq!(house.world.number("select max(position) from projection_checkpoints").await, 0);
    assert_eq!(house.world.number("select count(*) from orders").await, 0);
    assert_eq!(house.world.number("select max(position) from process_checkpoints").await, 0);
    assert_eq!(house.world.number("select count(*) from snapshots").await, 0);
    house.restart().await;
    audit::audit_read_models(&house.world).await;
    refuses(&house.world, &house.customer, house.world.ports.health).await;
    house.world.run(&["relay", "reset", "--yes"]).await.code(DONE);
    house.world.run(&["doctor", "--deep"]).await.code(DONE);
    audit::audit(&house.world).await;
}
