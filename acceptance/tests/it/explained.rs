//! Orders explained, read models as they were, refusals justified: by the program's commands and over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    evidence::AUDIT,
    readme::README,
    support::{As, Home, House, Reply, eventually, quantity, standing},
};

const DONE: i32 = 0;
const FAULT: i32 = 1;
const USAGE: i32 = 2;
/// Holds last 5 s, refunds as long as a process takes to look.
const WITHIN: Duration = Duration::from_secs(20);

impl House {
    /// An order's story as the program tells it, oldest first.
    async fn story(&self, order: &str) -> Value {
        self.world.run(&["audit", "order", order, "--json"]).await.code(DONE).json()
    }

    /// Waits until an order is in a status.
    async fn becomes(&self, order: &str, status: &str) -> Reply {
        let path = format!("/v1/orders/{order}");
        eventually(status, WITHIN, || async {
            Some(self.operator.get(&path).await).filter(|order| order.body["status"] == status)
        })
        .await
    }

    async fn approve(&self, placed: &Reply) -> Reply {
        let approve = format!("/v1/payments/{}/approve", placed.text("payment_id"));
        self.operator.post(&approve, json!({})).await.ok(200)
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The first event of each command: what was asked for, by whom, and because of which event.
fn commands(story: &Value) -> Vec<(&str, &str, &str)> {
    let entries = story["entries"].as_array().unwrap();
    let mut commands: Vec<_> = entries
        .iter()
        .map(|entry| {
            let actor = &entry["actor"];
            let who = actor["process"].as_str().unwrap_or_else(|| word(&actor["kind"]));
            (word(&entry["command"]), who, word(&entry["cause"]["type"]))
        })
        .collect();
    commands.dedup();
    commands
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_s_story_is_the_same_by_command_and_over_http() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let placed = house.order(quantity(&show, 2)).await;
    let order = placed.text("order_id");
    house.approve(&placed).await;
    let refund = format!("/v1/orders/{order}/refund");
    house.organizer.post(&refund, json!({ "reason": "rain" })).await.ok(202);
    let refunded = house.becomes(&order, "refunded").await;

    let story = house.story(&order).await;
    assert_eq!(house.story(&format!("order-{order}")).await, story);
    assert_eq!((&story["order_id"], &story["user_id"]), (&json!(order), &json!(house.customer.user_id)));
    let path = format!("/v1/orders/{order}/history?limit=100");
    let history = house.customer.get_at(&path, refunded.position()).await;
    let mut newest_first = story["entries"].as_array().unwrap().clone();
    newest_first.reverse();
    assert_eq!(history.body["data"], Value::from(newest_first));
    let expected = [
        ("place_order", "customer", ""),
        ("approve_payment", "staff", ""),
        ("refund_order", "staff", ""),
        ("complete_refund", "refunds", "PaymentRefundRequested"),
    ];
    assert_eq!(commands(&story), expected);
    let last = story["entries"].as_array().unwrap().last().unwrap();
    let tickets = json!({ "issued": 0, "checked_in": 0, "void": 2 });
    let state = json!({ "order": "refunded", "payment": "refunded", "seats": "free", "tickets": tickets });
    assert_eq!((&last["type"], &last["state"]), (&json!("OrderRefunded"), &state));

    let table = house.world.run(&["audit", "order", &order]).await.code(DONE);
    let rows = table.out.lines().count();
    assert_eq!(rows, story["entries"].as_array().unwrap().len() + 1, "{table:?}");
    table
        .says("position")
        .says("The organizer had the order paid back.")
        .says("The money is to be paid back: rain.")
        .says("order refunded, payment refunded, seats free, tickets 2 void");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_processes_did_is_told_with_the_event_that_led_to_it() {
    let house = House::open().await;
    let (hasty, called_off) = (house.hasty_show(standing(10)).await, house.show(standing(10)).await);
    let expired = house.order(quantity(&hasty, 1)).await.text("order_id");
    let (held, sold) =
        (house.order(quantity(&called_off, 1)).await, house.order(quantity(&called_off, 2)).await);
    house.approve(&sold).await;
    house.organizer.post(&format!("/v1/shows/{called_off}/cancel"), json!({})).await.ok(200);
    let (held, sold) = (held.text("order_id"), sold.text("order_id"));
    tokio::join!(
        house.becomes(&expired, "expired"),
        house.becomes(&held, "cancelled"),
        house.becomes(&sold, "refunded")
    );
    let placed = ("place_order", "customer", "");
    let approved = ("approve_payment", "staff", "");
    let unwound = ("unwind_show", "cancellations", "ShowCancelled");
    let paid_back = ("complete_refund", "refunds", "PaymentRefundRequested");
    let story = house.story(&expired).await;
    assert_eq!(commands(&story), [placed, ("expire_hold", "hold-expiry", "OrderPlaced")]);
    let cause = story["entries"].as_array().unwrap().last().unwrap()["cause"]["position"].to_string();
    house.world.run(&["events", "show", &cause]).await.code(DONE).says(&expired).says("OrderPlaced");
    assert_eq!(commands(&house.story(&held).await), [placed, unwound]);
    assert_eq!(commands(&house.story(&sold).await), [placed, approved, unwound, paid_back]);
    let processes = house.world.run(&["processes", "list", "--json"]).await.code(DONE).json();
    for (_, process, _) in [unwound, paid_back, ("", "hold-expiry", ""), ("", "charging", "")] {
        let known = processes.as_array().unwrap().iter().any(|known| known["process"] == process);
        assert!(known, "{process}: {processes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_not_there_is_told_from_one_that_can_t_be() {
    let house = House::open().await;
    let nobody = Uuid::new_v4().to_string();
    house.world.run(&["audit", "order", &nobody]).await.code(FAULT).says(&nobody);
    for wrong in ["nonsense", "order-", "payment-0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11", ""] {
        house.world.run(&["audit", "order", wrong]).await.code(USAGE).says("order-<id>");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_the_document_print_what_it_says_they_print() {
    let home = Home::of(As::Tester).unwrap();
    let up = home.up().await;
    let explaining =
        ["Explain an order", "See a read model as it was", "Justify that a seat was not to be had"];
    home.prints(&AUDIT, &explaining, &README.script("Sell a ticket", 3)).await;
    drop(up);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_as_it_was_is_the_same_by_command_and_over_http() {
    let house = House::open().await;
    let show = house.show(standing(10)).await;
    let before = house.operator.get("/v1/orders").await.x_position();
    let placed = house.order(quantity(&show, 2)).await;
    let order = placed.text("order_id");
    let path = format!("/v1/orders/{order}");
    let pending = house.customer.get_at(&path, placed.position()).await;
    let paid = house.approve(&placed).await;
    let confirmed = house.customer.get_at(&path, paid.position()).await;
    for (seen, position) in [(pending, placed.position()), (confirmed, paid.position())] {
        let at = position.to_string();
        let by_command =
            house.world.run(&["audit", "as-of", &at, "orders", &order, "--json"]).await.code(DONE);
        assert_eq!(by_command.json(), seen.body);
        let over_http = house.operator.get(&format!("{path}?as_of={at}")).await.ok(200);
        assert_eq!((&over_http.body, over_http.x_position()), (&seen.body, position));
        let all = house.world.run(&["audit", "as-of", &at, "orders", "--json"]).await.code(DONE);
        assert_eq!(all.json(), seen.body, "it is the only one");
        let table = house.world.run(&["audit", "as-of", &at, "orders"]).await.code(DONE);
        table.says(&order).says(word(&seen.body["status"]));
    }
    assert_eq!(house.customer.get(&format!("{path}?as_of=1")).await.problem(), (403, "forbidden"));
    assert_eq!(
        house.operator.get(&format!("{path}?as_of=99999999")).await.problem(),
        (409, "position-unknown")
    );
    assert_eq!(house.operator.get(&format!("{path}?as_of=soon")).await.problem(), (422, "invalid"));
    let as_of = async |arguments: &[&str]| house.world.run(&[&["audit", "as-of"], arguments].concat()).await;
    as_of(&[&before.to_string(), "orders", &order]).await.code(FAULT).says(&order);
    as_of(&["99999999", "orders"]).await.code(FAULT).says("yet to come");
    as_of(&["soon", "orders"]).await.code(USAGE).says("2026-11-05T19:30:00Z");
    as_of(&["1", "seats"]).await.code(USAGE).says("shows, inventory, orders");
    as_of(&["1", "orders", "x"]).await.code(USAGE).says("order-<id>");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_s_story_says_who_had_it_and_what_others_were_told() {
    let house = House::open().await;
    let rows =
        json!([{ "code": "HALL", "name": "Hall", "price": 1_000, "rows": [{ "row": "A", "seats": 3 }] }]);
    let show = house.hasty_show(rows).await;
    let seat =
        |name: &str| json!({ "show_id": show, "payment_method": "manual", "items": [{ "seats": [name] }] });
    let why = async |arguments: &[&str]| {
        let all = [&["audit", "why", &show, "A-2", "--json"], arguments].concat();
        house.world.run(&all).await.code(DONE).json()
    };
    assert_eq!(why(&[]).await["request"]["accepted"], true);
    let first = house.order(seat("A-2")).await;
    let (held, expired) = (first.text("order_id"), first.position());
    assert_eq!(house.operator.post("/v1/orders", seat("A-2")).await.problem(), (409, "seats-taken"));
    let told = why(&["--at", &expired.to_string()]).await["request"].clone();
    assert_eq!((&told["problem"], &told["order_id"]), (&json!("seats-taken"), &json!(held)));
    assert_eq!(told["held_until"], first.body["held_until"]);
    house.becomes(&held, "expired").await;
    let second = house.order(seat("A-2")).await;
    house.approve(&second).await;
    let told = why(&[]).await;
    let of_seat = |event: &&Value| event["order_id"].is_string();
    let turns: Vec<(&str, &str)> = told["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(of_seat)
        .map(|event| (word(&event["type"]), word(&event["order_id"])))
        .collect();
    let sold = second.text("order_id");
    let expected = [
        ("SeatsReserved", &*held),
        ("SeatsReleased", &held),
        ("SeatsReserved", &sold),
        ("SeatsCommitted", &sold),
    ];
    assert_eq!(turns, expected);
    assert_eq!(
        (&told["request"]["problem"], &told["request"]["order_id"]),
        (&json!("seats-taken"), &json!(sold))
    );
    house.organizer.post(&format!("/v1/shows/{show}/close"), json!({})).await.ok(200);
    assert_eq!(house.operator.post("/v1/orders", seat("A-1")).await.problem(), (409, "show-not-on-sale"));
    let closed = house.world.run(&["audit", "why", &format!("show-{show}"), "HALL/A-1"]).await.code(DONE);
    closed.says("would be refused (show-not-on-sale)").says("The show was closed");
    let run = async |arguments: &[&str]| house.world.run(&[&["audit", "why"], arguments].concat()).await;
    run(&[&show, "A-4"]).await.code(FAULT).says("no seat A-4");
    run(&[&Uuid::new_v4().to_string(), "A-1"]).await.code(FAULT).says("no show");
    run(&[&show, "A-1", "--at", "99999999"]).await.code(FAULT).says("yet to come");
    run(&[&show, "A1"]).await.code(USAGE).says("STALLS/A-1");
    run(&["x", "A-1"]).await.code(USAGE).says("show-<id>");
}
