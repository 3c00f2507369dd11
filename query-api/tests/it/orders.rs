//! Orders, payments and tickets, and whose business they are.

use domain::operations::OrderSummary;
use identity::Role;
use serde_json::{Value, json};

use crate::support::{BoxOffice, User, draft, numbered, seats};

struct Sale {
    office: BoxOffice,
    buyer: User,
    organizer: User,
    operator: User,
    order: OrderSummary,
}

/// Two seats, ordered and paid for.
async fn sale() -> Sale {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let buyer = office.user(Role::Customer).await;
    let show = office.sell(&organizer, draft("Twelfth Night", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order(&buyer, show, seats("STALLS", &["A-4", "A-5"])).await;
    office.approve(&operator, &order).await;
    Sale { office, buyer, organizer, operator, order }
}

impl Sale {
    async fn ticket(&self) -> String {
        let order = self.office.read(&format!("/v1/orders/{}", self.order.order_id), Some(&self.buyer)).await;
        order["tickets"][0]["code"].as_str().unwrap().to_owned()
    }

    async fn paths(&self) -> [String; 4] {
        let OrderSummary { order_id, payment_id, .. } = &self.order;
        [
            format!("/v1/orders/{order_id}"),
            format!("/v1/orders/{order_id}/history"),
            format!("/v1/payments/{payment_id}"),
            format!("/v1/tickets/{}", self.ticket().await),
        ]
    }
}

#[tokio::test]
async fn an_order_comes_with_its_payment_and_a_ticket_for_each_seat() {
    let sale = sale().await;
    let order = sale.office.read(&format!("/v1/orders/{}", sale.order.order_id), Some(&sale.buyer)).await;
    assert_eq!(order["status"], "confirmed");
    assert_eq!(
        (&order["subtotal"], &order["tax"], &order["total"]),
        (&json!(2000), &json!(140), &json!(2140))
    );
    assert_eq!(order["currency"], "EUR");
    let line = |seat: &str| json!({ "section": "STALLS", "seat": seat, "price": 1000 });
    assert_eq!(order["lines"], json!([line("A-4"), line("A-5")]));
    assert_eq!(order["payment"]["payment_id"], json!(sale.order.payment_id));
    assert_eq!(order["payment"]["status"], "succeeded");
    let tickets: Vec<_> = order["tickets"].as_array().unwrap().iter().map(|ticket| &ticket["seat"]).collect();
    assert_eq!(tickets, ["A-4", "A-5"]);

    let path = format!("/v1/payments/{}", sale.order.payment_id);
    let payment = sale.office.read(&path, Some(&sale.buyer)).await;
    assert_eq!(payment, order["payment"]);
    assert_eq!((&payment["amount"], &payment["method"]), (&json!(2140), &json!("manual")));
    let path = format!("/v1/tickets/{}", sale.ticket().await);
    let ticket = sale.office.read(&path, Some(&sale.buyer)).await;
    assert_eq!((&ticket["seat"], &ticket["status"]), (&json!("A-4"), &json!("issued")));
    assert_eq!(ticket["order_id"], order["order_id"]);
}

#[tokio::test]
async fn buyer_organizer_and_operators_see_an_order_and_all_that_hangs_on_it() {
    let sale = sale().await;
    let admin = sale.office.user(Role::Admin).await;
    for path in sale.paths().await {
        let told = sale.office.read(&path, Some(&sale.buyer)).await;
        for caller in [&sale.organizer, &sale.operator, &admin] {
            assert_eq!(sale.office.read(&path, Some(caller)).await, told, "{path}");
        }
    }
}

#[tokio::test]
async fn to_anyone_else_an_order_is_as_absent_as_an_unknown_one() {
    let sale = sale().await;
    let others = [sale.office.user(Role::Customer).await, sale.office.user(Role::Organizer).await];
    for path in sale.paths().await {
        let (collection, _) = path.strip_prefix("/v1/").unwrap().split_once('/').unwrap();
        for other in &others {
            let hidden = sale.office.see(&path, Some(other)).await;
            assert_eq!(hidden.problem(), "not-found", "{path}");
            let hidden = hidden.anonymous();
            for name in [event_store::new_id().to_string(), "00000000000000000000000000".into(), "7".into()] {
                let unknown = sale.office.see(&format!("/v1/{collection}/{name}"), Some(other)).await;
                assert_eq!(unknown.anonymous(), hidden, "{collection}/{name}");
            }
        }
        assert_eq!(sale.office.see(&path, None).await.problem(), "unauthenticated", "{path}");
    }
}

#[tokio::test]
async fn lists_hold_what_the_caller_may_see_and_asks_for() {
    let sale = sale().await;
    let (office, other) = (&sale.office, sale.office.user(Role::Customer).await);
    let elsewhere = office.user(Role::Organizer).await;
    let show = office.sell(&elsewhere, draft("Hamlet", vec![numbered("STALLS", &[("A", 9)])])).await;
    let second = office.order(&other, show, seats("STALLS", &["A-1"])).await;
    let (first, second) = (json!(sale.order.order_id), json!(second.order_id));

    let buyer = sale.buyer.id;
    let cases: [(&User, String, Vec<&Value>); 11] = [
        (&sale.buyer, "orders".into(), vec![&first]),
        (&other, "orders".into(), vec![&second]),
        (&sale.organizer, "orders".into(), vec![&first]),
        (&elsewhere, "orders".into(), vec![&second]),
        (&sale.operator, "orders".into(), vec![&second, &first]),
        (&sale.operator, "orders?status=pending".into(), vec![&second]),
        (&sale.operator, format!("orders?show_id={show}"), vec![&second]),
        (&sale.operator, format!("orders?user_id={buyer}"), vec![&first]),
        (&other, format!("orders?user_id={buyer}"), vec![]),
        (&sale.operator, "payments".into(), vec![&second, &first]),
        (&elsewhere, "payments?status=pending".into(), vec![&second]),
    ];
    for (caller, query, expected) in cases {
        let page = office.read(&format!("/v1/{query}"), Some(caller)).await;
        let found: Vec<&Value> =
            page["data"].as_array().unwrap().iter().map(|one| &one["order_id"]).collect();
        assert_eq!(found, expected, "{query}");
    }
    assert_eq!(office.read("/v1/payments?status=failed", Some(&sale.operator)).await["data"], json!([]));
}

#[tokio::test]
async fn a_rejected_order_says_why() {
    let office = BoxOffice::open().await;
    let (organizer, operator) = (office.user(Role::Organizer).await, office.user(Role::Operator).await);
    let buyer = office.user(Role::Customer).await;
    let show = office.sell(&organizer, draft("Lear", vec![numbered("STALLS", &[("A", 9)])])).await;
    let order = office.order(&buyer, show, seats("STALLS", &["A-1"])).await;
    office.reject(&operator, &order, "no transfer in time").await;
    let order = office.read(&format!("/v1/orders/{}", order.order_id), Some(&buyer)).await;
    assert_eq!((&order["status"], &order["reason"]), (&json!("failed"), &json!("no transfer in time")));
    assert_eq!(order["payment"]["reason"], "no transfer in time");
    assert_eq!(order["tickets"], json!([]));
}
