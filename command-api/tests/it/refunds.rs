//! Money that goes back, shows that are called off, tickets at the door.

use domain::{
    TicketCode,
    operations::{CompleteRefund, UnwindShow},
};
use event_store::{Command, Context, Sequencer, SequencerOptions, SystemClock, new_id};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{BoxOffice, Client, Reply, order};

/// An order of two seats that is paid for; with the show's organizer.
async fn sold(office: &BoxOffice) -> (Client, String, Reply) {
    let sections = json!([{"code": "S", "name": "Standing", "price": 1000, "capacity": 5}]);
    let (organizer, show) = office.show(sections).await;
    let order = office.customer().await.post("/v1/orders", order(&show, 2)).await.ok(201);
    let approve = format!("/v1/payments/{}/approve", order.text("payment_id"));
    office.operator().await.post(&approve, Value::Null).await.ok(200);
    (organizer, show, order)
}

fn sequencer(office: &BoxOffice) -> Sequencer {
    Sequencer::start(SequencerOptions::new(office.owner.clone(), std::sync::Arc::new(SystemClock))).0
}

fn by_itself<O>(operation: O) -> Command<O> {
    let context = Context {
        command_id: new_id(),
        fingerprint: None,
        actor: None,
        correlation: new_id(),
        causation: None,
        traceparent: None,
    };
    Command { operation, context }
}

async fn tickets(office: &BoxOffice) -> Vec<TicketCode> {
    let issued = office.new_log().await.into_iter().filter(|event| event.event_type == "TicketIssued");
    issued.map(|event| TicketCode::from_bits(event.stream().unwrap().uuid().as_u128())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_accepted_once_and_frees_the_seats_at_once() {
    let office = BoxOffice::open().await;
    let (organizer, show, order_reply) = sold(&office).await;
    office.new_events().await;
    let refund = format!("/v1/orders/{}/refund", order_reply.text("order_id"));
    let reply = organizer.post(&refund, json!({"reason": "rain"})).await.ok(202);
    assert_eq!(reply.body["status"], "confirmed");
    let mut events = office.new_events().await;
    events.sort();
    assert_eq!(events, ["PaymentRefundRequested", "SeatsReleased", "TicketVoided", "TicketVoided"]);
    office.customer().await.post("/v1/orders", order(&show, 5)).await.ok(201);
    let again = organizer.post(&refund, Value::Null).await;
    assert_eq!(again.problem(), (409, "order-not-refundable"));
    assert_eq!(
        (&again.body["current_status"], &again.body["refund_requested"]),
        (&json!("confirmed"), &json!(true))
    );
    let payment: uuid::Uuid = order_reply.text("payment_id").parse().unwrap();
    let complete = CompleteRefund { payment: payment.into(), reference: None };
    sequencer(&office).execute(by_itself(complete)).await.unwrap();
    let after = organizer.post(&refund, Value::Null).await;
    assert_eq!(after.body["current_status"], "refunded");
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_and_other_organizers_refund_nothing() {
    let office = BoxOffice::open().await;
    let (_, _, order) = sold(&office).await;
    let refund = format!("/v1/orders/{}/refund", order.text("order_id"));
    assert_eq!(office.customer().await.post(&refund, Value::Null).await.problem(), (403, "forbidden"));
    assert_eq!(office.organizer().await.post(&refund, Value::Null).await.problem(), (404, "not-found"));
    office.operator().await.post(&refund, Value::Null).await.ok(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_doors_one_lets_a_ticket_in() {
    let office = BoxOffice::open().await;
    let (organizer, _, _) = sold(&office).await;
    let codes = tickets(&office).await;
    let check_in = format!("/v1/tickets/{}/check-in", codes[0]);
    let replies = join_all((0..20).map(|_| organizer.post(&check_in, Value::Null))).await;
    let let_in: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(let_in.len(), 1);
    assert_eq!(let_in[0].body["status"], "checked_in");
    let others = replies.iter().filter(|reply| reply.status != 200);
    assert!(others.into_iter().all(|reply| reply.problem() == (409, "already-checked-in")));
    let elsewhere = office.organizer().await.post(&check_in, Value::Null).await;
    assert_eq!(elsewhere.problem(), (404, "not-found"));
    assert_eq!(organizer.post("/v1/tickets/nonsense/check-in", Value::Null).await.problem().0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_show_sells_nothing_and_its_orders_are_settled() {
    let office = BoxOffice::open().await;
    let (organizer, show, _) = sold(&office).await;
    office.customer().await.post("/v1/orders", order(&show, 1)).await.ok(201);
    let cancel = format!("/v1/shows/{show}/cancel");
    assert_eq!(organizer.post(&cancel, Value::Null).await.ok(200).body["status"], "cancelled");
    assert_eq!(organizer.post(&cancel, Value::Null).await.problem(), (409, "show-status"));
    let refused = office.customer().await.post("/v1/orders", order(&show, 1)).await;
    assert_eq!(refused.problem(), (409, "show-not-on-sale"));
    office.new_events().await;
    let show: uuid::Uuid = show.parse().unwrap();
    let unwind = UnwindShow { show: show.into(), limit: 10 };
    let unwound = sequencer(&office).execute(by_itself(unwind)).await.unwrap().answer;
    assert_eq!((unwound.settled, unwound.remaining), (2, 0));
    let events = office.new_events().await;
    for wanted in ["OrderCancelled", "PaymentCancelled", "PaymentRefundRequested", "TicketVoided"] {
        assert!(events.iter().any(|event| event == wanted), "{wanted}: {events:?}");
    }
}
