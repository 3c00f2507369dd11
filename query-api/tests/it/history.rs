//! An order's history.

use domain::PaymentMethod;
use identity::Role;
use serde_json::{Value, json};

use crate::support::{BoxOffice, draft, numbered, seats};

#[tokio::test]
async fn an_order_s_history_tells_what_happened_who_did_it_and_when() {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let buyer = office.user(Role::Customer).await;
    let show = office.sell(&organizer, draft("Lear", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order(&buyer, show, seats("STALLS", &["A-4", "A-5"])).await;
    office.approve(&operator, &order).await;
    let path = format!("/v1/orders/{}/history", order.order_id);
    let history = office.read(&path, Some(&buyer)).await;

    let entries = history["data"].as_array().unwrap();
    let types: Vec<_> = entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect();
    let newest_first = [
        "TicketIssued",
        "TicketIssued",
        "OrderConfirmed",
        "SeatsCommitted",
        "PaymentSucceeded",
        "PaymentRequested",
        "OrderPlaced",
        "SeatsReserved",
    ];
    assert_eq!(types, newest_first);
    let positions: Vec<_> = entries.iter().map(|entry| entry["position"].as_i64().unwrap()).collect();
    assert!(positions.is_sorted_by(|newer, older| newer > older), "{positions:?}");
    let of = |name: &str| &entries[types.iter().position(|known| *known == name).unwrap()];
    assert_eq!(of("OrderPlaced")["actor"], json!({ "kind": "customer", "user_id": buyer.id }));
    assert_eq!(of("PaymentSucceeded")["actor"], json!({ "kind": "staff", "user_id": operator.id }));
    let placed = of("OrderPlaced")["description"].as_str().unwrap();
    let beginning = "The order was placed: 2 seats (STALLS A-4, STALLS A-5), for 21.40 EUR with tax.";
    assert!(placed.starts_with(beginning), "{placed}");
    assert_eq!(of("OrderConfirmed")["description"], "The order was confirmed, with 2 tickets.");
    assert!(of("OrderPlaced")["recorded_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(of("SeatsCommitted")["description"], "Sold: 2 seats (STALLS A-4, STALLS A-5).");
    assert_eq!(of("TicketIssued")["description"], "The ticket for STALLS A-5 was issued.");
    for (event, command, why) in [
        ("OrderPlaced", "place_order", "The customer ordered."),
        ("OrderConfirmed", "approve_payment", "The box office saw the money."),
    ] {
        assert_eq!((&of(event)["command"], &of(event)["why"]), (&json!(command), &json!(why)));
    }
    let states: Vec<&Value> = entries.iter().rev().map(|entry| &entry["state"]).collect();
    assert_eq!(states[0], &json!({ "seats": "held" }));
    assert_eq!(states[2], &json!({ "order": "pending", "payment": "pending", "seats": "held" }));
    let tickets = json!({ "issued": 2, "checked_in": 0, "void": 0 });
    let last = json!({ "order": "confirmed", "payment": "succeeded", "seats": "sold", "tickets": tickets });
    assert_eq!(states[7], &last);
}

#[tokio::test]
async fn what_a_customer_has_in_their_account_is_not_the_organizer_s_business() {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let buyer = office.user(Role::Customer).await;
    office.fill_account(&buyer, 5_000).await;
    let show = office.sell(&organizer, draft("Lear", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order_by(PaymentMethod::Wallet, &buyer, show, seats("STALLS", &["A-1"])).await;
    let path = format!("/v1/orders/{}/history", order.order_id);
    let debited = async |viewer| {
        let history = office.read(&path, Some(viewer)).await;
        let entries = history["data"].as_array().unwrap().clone();
        entries.into_iter().find(|entry| entry["type"] == "FundsDebited").unwrap()
    };
    for viewer in [&buyer, &operator] {
        let entry = debited(viewer).await;
        assert_eq!(entry["state"]["account"], json!({ "balance": 3_930, "currency": "EUR" }));
        assert_eq!(entry["description"], "10.70 EUR went out of the customer's account.");
    }
    let hidden = debited(&organizer).await;
    assert_eq!((&hidden["state"]["account"], &hidden["state"]["seats"]), (&Value::Null, &json!("held")));
    let bought = office.order_by(PaymentMethod::Wallet, &organizer, show, seats("STALLS", &["A-2"])).await;
    let own = office.read(&format!("/v1/orders/{}/history", bought.order_id), Some(&organizer)).await;
    assert_eq!(
        own["data"][0]["description"],
        "On sale again, held until now, because the payment failed: 1 seat (STALLS A-2)."
    );
}

#[tokio::test]
async fn a_history_names_users_by_id_and_tickets_not_at_all() {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let buyer = office.user(Role::Customer).await;
    let show = office.sell(&organizer, draft("Lear", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order(&buyer, show, seats("STALLS", &["A-1"])).await;
    office.approve(&operator, &order).await;
    let whole = office.read(&format!("/v1/orders/{}", order.order_id), Some(&buyer)).await;
    let history = office.read(&format!("/v1/orders/{}/history", order.order_id), Some(&buyer)).await;
    let history = history.to_string();
    let code = whole["tickets"][0]["code"].as_str().unwrap();
    for secret in [code, "Ada", "Lovelace", "@"] {
        assert!(!history.contains(secret), "{secret} in {history}");
    }
}

#[tokio::test]
async fn a_history_can_be_read_in_pages() {
    let office = BoxOffice::open().await;
    let (organizer, buyer) = (office.user(Role::Organizer).await, office.user(Role::Customer).await);
    let show = office.sell(&organizer, draft("Lear", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order(&buyer, show, seats("STALLS", &["A-1"])).await;
    office.cancel(&buyer, &order).await;
    let path = format!("/v1/orders/{}/history", order.order_id);
    let whole = office.read(&path, Some(&buyer)).await;
    let first = office.read(&format!("{path}?limit=3"), Some(&buyer)).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = office.read(&format!("{path}?limit=3&cursor={cursor}"), Some(&buyer)).await;
    assert_eq!(second["next_cursor"], Value::Null);
    let pages = [first["data"].as_array().unwrap().clone(), second["data"].as_array().unwrap().clone()];
    assert_eq!(Value::from(pages.concat()), whole["data"]);
    assert_eq!(pages.concat().len(), 6);
}
