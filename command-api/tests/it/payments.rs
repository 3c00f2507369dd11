//! Approving and rejecting payments.

use serde_json::{Value, json};

use crate::support::{BoxOffice, Reply, order};

async fn placed(office: &BoxOffice) -> (String, Reply) {
    let show = office.standing(5).await;
    let order = office.customer().await.post("/v1/orders", order(&show, 2)).await.ok(201);
    office.new_events().await;
    (show, order)
}

fn path(order: &Reply, action: &str) -> String {
    format!("/v1/payments/{}/{action}", order.text("payment_id"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_payment_sells_the_seats_and_issues_a_ticket_for_each() {
    let office = BoxOffice::open().await;
    let (_, order) = placed(&office).await;
    let reply = office.operator().await.post(&path(&order, "approve"), Value::Null).await.ok(200);
    let expected = json!({
        "payment_id": order.body["payment_id"], "order_id": order.body["order_id"], "method": "manual",
        "status": "succeeded", "amount": 2140, "currency": "EUR", "position": reply.position(),
    });
    assert_eq!(reply.body, expected);
    assert_eq!(reply.headers["x-position"], reply.position().to_string().as_str());
    let mut events = office.new_events().await;
    events.sort();
    assert_eq!(
        events,
        ["OrderConfirmed", "PaymentSucceeded", "SeatsCommitted", "TicketIssued", "TicketIssued"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_payment_fails_the_order_and_gives_the_seats_back() {
    let office = BoxOffice::open().await;
    let (show, placed) = placed(&office).await;
    let operator = office.operator().await;
    let reply = operator.post(&path(&placed, "reject"), json!({"reason": "no money came"})).await.ok(200);
    assert_eq!((&reply.body["status"], &reply.body["reason"]), (&json!("failed"), &json!("no money came")));
    let mut events = office.new_events().await;
    events.sort();
    assert_eq!(events, ["OrderFailed", "PaymentFailed", "SeatsReleased"]);
    office.customer().await.post("/v1/orders", order(&show, 5)).await.ok(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_needs_no_reason_and_takes_no_endless_one() {
    let office = BoxOffice::open().await;
    let (_, order) = placed(&office).await;
    let (operator, reject) = (office.operator().await, path(&order, "reject"));
    for reason in ["x".repeat(201), " ".into(), "a\nb".into()] {
        assert_eq!(operator.post(&reject, json!({"reason": reason})).await.pointers(), ["/reason"]);
    }
    assert_eq!(office.new_events().await, Vec::<String>::new());
    operator.post(&reject, Value::Null).await.ok(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settled_payment_stays_as_it_is_and_says_how_it_is() {
    let office = BoxOffice::open().await;
    let (_, order) = placed(&office).await;
    let operator = office.operator().await;
    operator.post(&path(&order, "approve"), Value::Null).await.ok(200);
    office.new_events().await;
    for action in ["approve", "reject"] {
        let reply = operator.post(&path(&order, action), Value::Null).await;
        assert_eq!(reply.problem(), (409, "payment-not-pending"));
        assert_eq!(reply.body["current_status"], "succeeded");
    }
    let cancel = format!("/v1/orders/{}/cancel", order.text("order_id"));
    let reply = operator.post(&cancel, Value::Null).await;
    assert_eq!(reply.problem(), (409, "order-not-pending"));
    assert_eq!(reply.body["current_status"], "confirmed");
    assert_eq!(office.new_events().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_payment_of_a_cancelled_order_can_not_be_approved() {
    let office = BoxOffice::open().await;
    let (_, order) = placed(&office).await;
    let operator = office.operator().await;
    operator.post(&format!("/v1/orders/{}/cancel", order.text("order_id")), Value::Null).await.ok(200);
    let reply = operator.post(&path(&order, "approve"), Value::Null).await;
    assert_eq!(reply.problem(), (409, "payment-not-pending"));
    assert_eq!(reply.body["current_status"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_operators_and_admins_settle_payments() {
    let office = BoxOffice::open().await;
    let (_, order) = placed(&office).await;
    for other in [office.customer().await, office.organizer().await] {
        let reply = other.post(&path(&order, "approve"), Value::Null).await;
        assert_eq!(reply.problem(), (403, "forbidden"));
        assert_eq!(reply.body["roles"], json!(["operator"]));
    }
    office.admin().await.post(&path(&order, "approve"), Value::Null).await.ok(200);
}
