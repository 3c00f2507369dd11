//! A person is handed out what is held of them, and forgotten.

mod person;
mod places;

use std::{collections::BTreeSet, time::Duration};

use engines::testing::{ThrowawayEngines, throwaway};
use reqwest::Method;
use serde_json::{Value, json};

use self::{
    person::{KEY, NAME, PASSWORD, Person},
    places::{canaries_in, files_with_canaries, tables_with_canaries},
};
use crate::support::{
    Caller, House, MailServer, Ran, Reply, World, audit::audit, eventually, quantity, standing,
};

const DONE: i32 = 0;
const FAULT: i32 = 1;
const USAGE: i32 = 2;
const EMAIL: &str = "girlitz.z@voliere.example";
/// The mail server takes nothing for whom is called so, and says whom.
const REFUSED: &str = "refuse.girlitz@voliere.example";
const WITHIN: Duration = Duration::from_secs(30);

/// A box office whose every word can be looked through, with engines of its own.
struct Scene {
    house: House,
    mail: MailServer,
    engines: ThrowawayEngines,
    show: String,
}

impl Scene {
    async fn open() -> Option<Self> {
        let mail = MailServer::start().await?;
        let engines = throwaway(100).await.unwrap();
        let world = World::on(engines.addresses()).await;
        let [url, from] = mail.settings();
        // Whatever might be said where somebody looks for a fault.
        let house = House::in_world_with(world, &[url, from, ("STAGEDOOR_LOG", "trace".to_owned())]).await;
        let show = house.show(standing(100)).await;
        Some(Self { house, mail, engines, show })
    }

    async fn approve(&self, placed: &Reply) -> i64 {
        let approve = format!("/v1/payments/{}/approve", placed.text("payment_id"));
        self.house.operator.post(&approve, json!({})).await.ok(200).position()
    }

    async fn privacy(&self, arguments: &[&str]) -> Ran {
        self.house.world.run(&[&["privacy"], arguments].concat()).await
    }

    /// Waits until all that is to be told has been tried.
    async fn tried(&self, what: &str, sql: &'static str) {
        eventually(what, WITHIN, || async { (self.house.world.number(sql).await > 0).then_some(()) }).await;
    }

    /// A ticket that was bought long before.
    async fn ticket(&self, person: &Person, placed: &Reply, position: i64) -> String {
        let order = person.caller.get_at(&format!("/v1/orders/{}", placed.text("order_id")), position).await;
        order.body["tickets"][0]["code"].as_str().unwrap().to_owned()
    }

    /// All that the program says to those who may ask, and all that it wrote.
    async fn said(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let (world, ports, http) = (&self.house.world, self.house.world.ports, &self.house.operator.api.http);
        let log = self.house.process.log();
        assert!(log.contains("\"TRACE\""), "it says all it can");
        let mut said = vec![("its log", canaries_in(log.as_bytes()))];
        for (what, port) in [("commands", ports.command), ("queries", ports.query), ("health", ports.health)]
        {
            let metrics = http.get(format!("http://127.0.0.1:{port}/metrics")).send().await.unwrap();
            said.push((what, canaries_in(metrics.text().await.unwrap().as_bytes())));
        }
        let commands = [
            ("the log", vec!["events", "tail", "-n", "10000", "--json"]),
            ("its processes", vec!["processes", "parked", "--json"]),
            ("an export", vec!["events", "export"]),
        ];
        for (what, arguments) in commands {
            let ran = world.run(&arguments).await.code(DONE);
            assert!(ran.out.len() > 2, "{what}: {ran:?}");
            said.push((what, canaries_in(format!("{}{}", ran.out, ran.err).as_bytes())));
        }
        said.retain(|(_, canaries)| !canaries.is_empty());
        said
    }
}

fn nowhere() -> BTreeSet<String> {
    BTreeSet::new()
}

fn of(tables: &[&str]) -> BTreeSet<String> {
    tables.iter().map(|table| format!("public.{table}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_erased_is_nowhere_any_more() {
    let Some(mut scene) = Scene::open().await else { return };
    let person = Person::arrives(&scene.house, EMAIL).await;
    let refused = Person::arrives(&scene.house, REFUSED).await;
    person.is_confused(&scene.show).await;
    let (kept, back) = (
        person.orders(KEY, &quantity(&scene.show, 1)).await,
        person.orders("zaunammer", &quantity(&scene.show, 2)).await,
    );
    let bought = scene.approve(&kept).await;
    let code = scene.ticket(&person, &kept, bought).await;
    scene.approve(&back).await;
    let refund = |placed: &Reply| format!("/v1/orders/{}/refund", placed.text("order_id"));
    scene.house.operator.post(&refund(&back), json!({ "reason": "rain" })).await.ok(202);
    eventually("the mail of all that", WITHIN, || async { (scene.mail.taken_for(EMAIL) == 3).then_some(()) })
        .await;
    let of_refused = refused.orders(KEY, &quantity(&scene.show, 1)).await;
    scene.approve(&of_refused).await;
    scene
        .tried("words of the server", "select count(*) from notifications where last_error like '%550%'")
        .await;
    scene.mail.stop().await;
    let queued = person.orders("wiedehopf", &quantity(&scene.show, 1)).await;
    scene.approve(&queued).await;
    scene
        .tried(
            "queued mail",
            "select count(*) from notifications where sent_at is null and last_error not like '%550%'",
        )
        .await;
    assert_eq!(
        tables_with_canaries(&scene.house.world.pool).await,
        of(&["users"]),
        "and not even in statistics"
    );

    for user in [&person.caller.user_id, &refused.caller.user_id] {
        let erased =
            scene.privacy(&["erase", user, "--yes", "--case", "T-4711", "--json"]).await.code(DONE).json();
        assert_eq!(
            (&erased["user_id"], &erased["already_erased"]),
            (&json!(user), &json!(false)),
            "{erased}"
        );
        assert_ne!(erased["notifications"], 0);
    }
    person.is_signed_out().await;
    refused.is_signed_out().await;
    let stranger = scene.house.world.stranger();
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    stranger.command(Method::POST, "/v1/sessions", credentials).await.ok(401);

    // What was bought stays bought, and goes on.
    let check_in = format!("/v1/tickets/{code}/check-in");
    scene.house.organizer.post(&check_in, json!({})).await.ok(200);
    let order = scene.house.operator.get(&format!("/v1/orders/{}", kept.text("order_id"))).await.ok(200);
    assert_eq!(
        (order.text("status"), order.text("user_id")),
        ("confirmed".to_owned(), person.caller.user_id.clone())
    );
    scene.house.operator.post(&refund(&queued), json!({ "reason": "rain" })).await.ok(202);
    scene.mail.restart().await;
    let other = scene.house.world.customer().await;
    let of_other = other.post("/v1/orders", quantity(&scene.show, 1)).await.ok(201);
    scene.approve(&of_other).await;
    scene
        .tried("mail to whoever comes after", "select count(*) from notifications where sent_at is not null")
        .await;
    let world = &scene.house.world;
    eventually("the end of all steps", WITHIN, || async {
        let left = "select count(*) from process_steps where process = 'notifications'";
        (world.number(left).await == 0).then_some(())
    })
    .await;
    assert_eq!((scene.mail.taken_for(EMAIL), scene.mail.taken_for(REFUSED)), (0, 0));
    assert_eq!(world.number("select count(*) from notifications").await, 1);
    audit(world).await;

    assert_eq!(tables_with_canaries(&world.pool).await, nowhere());
    assert_eq!(scene.said().await, []);
    assert_eq!(scene.files_of_nats_and_logs(), Vec::<String>::new());
    assert_eq!(scene.files_of_postgres().await, Vec::<String>::new());

    // Somebody else may be called so.
    let again = Person::arrives(&scene.house, EMAIL).await;
    assert_ne!(again.caller.user_id, person.caller.user_id);
    assert_eq!(again.caller.get("/v1/orders").await.ok(200).body["data"], json!([]));
}

impl Scene {
    /// JetStream's, and what both engines logged.
    fn files_of_nats_and_logs(&self) -> Vec<String> {
        let (nats, postgres) = (self.engines.nats.data_dir(), self.engines.postgres.data_dir());
        assert!(nats.join("jetstream").is_dir() || nats.read_dir().unwrap().next().is_some());
        files_with_canaries(nats.parent().unwrap(), Some(postgres))
    }

    /// The files of tables and indexes, once what is dead was thrown away. The WAL is not among them.
    async fn files_of_postgres(&self) -> Vec<String> {
        let data = self.engines.postgres.data_dir();
        for statement in ["vacuum full users, notifications", "checkpoint"] {
            sqlx::raw_sql(statement).execute(&self.house.world.pool).await.unwrap();
        }
        ["base", "global"].iter().flat_map(|part| files_with_canaries(&data.join(part), None)).collect()
    }
}

/// A user with one of everything.
async fn with_everything(house: &House) -> (Caller, Reply, String) {
    let email = "girlitz@voliere.example";
    let user = json!({ "email": email, "password": PASSWORD, "name": NAME });
    let stranger = house.world.stranger();
    stranger.command(Method::POST, "/v1/users", user).await.ok(201);
    let (gone, caller) = (stranger.sign_in(email, PASSWORD).await, stranger.sign_in(email, PASSWORD).await);
    gone.command(Method::DELETE, "/v1/sessions/current", Value::Null).await.ok(204);
    let show = house.show(standing(10)).await;
    let account = caller.post("/v1/accounts", json!({ "currency": "EUR" })).await.ok(201).text("account_id");
    let deposit = format!("/v1/accounts/{account}/deposits");
    house.operator.post(&deposit, json!({ "amount": 5_000 })).await.ok(201);
    let wallet = json!({
        "show_id": show, "payment_method": "wallet", "items": [{ "section": "FIELD", "quantity": 2 }],
    });
    let placed = caller.post("/v1/orders", wallet).await.ok(201);
    let order = caller.get_at(&format!("/v1/orders/{}", placed.text("order_id")), placed.position()).await;
    let code = order.body["tickets"][0]["code"].as_str().unwrap();
    house.organizer.post(&format!("/v1/tickets/{code}/check-in"), json!({})).await.ok(200);
    let admin = house.world.staff(&["admin"]).await;
    let roles = format!("/v1/users/{}/roles", caller.user_id);
    admin.command(Method::PUT, &roles, json!({ "roles": ["organizer"] })).await.ok(200);
    let own = json!({
        "title": "Their own", "venue": "Here", "starts_at": "2099-05-01T19:30:00Z", "currency": "EUR",
        "tax_basis_points": 0, "sections": standing(1),
    });
    eventually("their being an organizer", WITHIN, || async {
        (caller.post("/v1/shows", own.clone()).await.status == 201).then_some(())
    })
    .await;
    house.order(quantity(&show, 1)).await;
    let told = "select count(*) from notifications";
    eventually("a notification", WITHIN, || async { (house.world.number(told).await > 0).then_some(()) })
        .await;
    (caller, placed, admin.user_id)
}

fn types(events: &Value) -> Vec<&str> {
    events.as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_held_of_a_user_is_handed_out_and_nothing_of_others() {
    let house = House::open().await;
    let (caller, placed, admin) = with_everything(&house).await;
    let world = &house.world;
    let file = world.directory.path().join("user.json");
    let out = ["privacy", "export", "GIRLITZ@voliere.example", "--out", file.to_str().unwrap()];
    world.run(&out).await.code(DONE);
    world.run(&out).await.code(USAGE).says("exists");
    let written = std::fs::read_to_string(&file).unwrap();
    let held: Value = serde_json::from_str(&written).unwrap();

    assert_eq!((&held["format"], &held["complete"]), (&json!("stagedoor-person/1"), &json!(true)));
    assert_eq!(
        (&held["user"]["email"], &held["user"]["name"]),
        (&json!("girlitz@voliere.example"), &json!(NAME))
    );
    assert_eq!(held["erasure"], Value::Null);
    let sessions = held["sessions"].as_array().unwrap();
    assert_eq!(sessions.iter().filter(|session| !session["revoked_at"].is_null()).count(), 1);
    assert_eq!(sessions.len(), 2);
    assert!(!written.contains("argon2") && !written.contains("token"), "{written}");
    assert!(!written.contains(caller.token.as_ref().unwrap()));
    let changes = &held["role_changes"];
    assert_eq!((&changes[0]["changed_by"], &changes[1]), (&json!(admin), &Value::Null));
    assert_eq!(
        held["orders"],
        json!([caller.get(&format!("/v1/orders/{}", placed.text("order_id"))).await.body])
    );
    assert_eq!(held["payments"][0]["payment_id"], placed.body["payment_id"]);
    assert_eq!(held["payments"][0], held["orders"][0]["payment"]);
    let tickets = held["orders"][0]["tickets"].as_array().unwrap();
    assert_eq!(tickets.iter().map(|ticket| &ticket["status"]).collect::<Vec<_>>(), ["checked_in", "issued"]);
    assert_eq!(held["accounts"], caller.get("/v1/accounts").await.body["data"]);
    let kinds = held["account_entries"].as_array().unwrap().iter().map(|entry| &entry["kind"]);
    assert_eq!(kinds.collect::<Vec<_>>(), ["payment", "deposit"]);
    assert_eq!(held["account_entries"][0]["account_id"], held["accounts"][0]["account_id"]);
    assert_eq!(held["notifications"][0]["kind"], "order_confirmed");
    assert_eq!((&held["shows"][0]["title"], &held["shows"][1]), (&json!("Their own"), &Value::Null));
    let expected = [
        "AccountOpened",
        "FundsDeposited",
        "SeatsReserved",
        "OrderPlaced",
        "PaymentRequested",
        "FundsDebited",
        "PaymentSucceeded",
        "SeatsCommitted",
        "OrderConfirmed",
        "TicketIssued",
        "TicketIssued",
        "TicketCheckedIn",
        "ShowScheduled",
    ];
    let mut told = types(&held["events"]);
    let mut wanted = expected.to_vec();
    told.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(told, wanted, "those of others are not among them");

    // The whole is one document on standard output, too; and of who was erased, what is left.
    world.run(&["privacy", "erase", &caller.user_id, "--yes"]).await.code(DONE);
    let left = world.run(&["privacy", "export", &caller.user_id]).await.code(DONE);
    assert_eq!(canaries_in(left.out.as_bytes()), Vec::<&str>::new());
    let left = left.json();
    assert_eq!((&left["user"]["name"], &left["user"]["email"]), (&json!("[erased]"), &Value::Null));
    assert_eq!(left["erasure"]["why"], "requested");
    assert_eq!((&left["sessions"], &left["notifications"]), (&json!([]), &json!([])));
    assert_eq!((&left["orders"], &left["events"]), (&held["orders"], &held["events"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_is_asked_for_and_said_once() {
    let house = House::open().await;
    let (world, user) = (&house.world, house.customer.user_id.clone());
    let erase = async |more: &[&str]| world.run(&[&["privacy", "erase"], more].concat()).await;
    erase(&[&user]).await.code(USAGE).says("--yes");
    erase(&[&user, "--yes", "--why", "Ada asked"]).await.code(USAGE).says("requested, unneeded");
    erase(&[&user, "--yes", "--case", "two words"]).await.code(USAGE);
    erase(&[&user, "--yes", "--case", "for-casey"]).await.code(USAGE).says("name the person");
    erase(&[&uuid::Uuid::new_v4().to_string(), "--yes"]).await.code(FAULT).says("no such user");
    erase(&["nobody@example.org", "--yes"]).await.code(FAULT).says("no such user");
    world.run(&["privacy", "export", "nobody@example.org"]).await.code(FAULT).says("no such user");
    house.customer.get("/v1/users/me").await.ok(200);

    erase(&[&user, "--yes", "--why", "objection"]).await.code(DONE).says("is erased");
    erase(&[&user]).await.code(DONE).says("was erased already");
    let again = erase(&[&user, "--json"]).await.code(DONE).json();
    assert_eq!((&again["already_erased"], &again["why"]), (&json!(true), &json!("objection")));
    assert_eq!(again["by_role"], "acceptance_writer");
    assert_eq!(world.number("select count(*) from erasures").await, 1);

    let show = house.show(standing(1)).await;
    house
        .operator
        .get_at(&format!("/v1/shows/{show}"), world.number("select position from log_head").await)
        .await;
    let organizer = erase(&[&house.organizer.user_id, "--yes", "--json"]).await.code(DONE).json();
    assert_eq!(organizer["shows_left"], 1, "nobody lets people in there");
    erase(&[&house.organizer.user_id]).await.code(DONE).says("without an organizer");
}
