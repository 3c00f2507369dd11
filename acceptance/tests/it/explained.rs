//! Orders explained, read models as they were, refusals justified: by the program's commands and over HTTP.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{House, Reply, eventually, quantity, standing};

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
