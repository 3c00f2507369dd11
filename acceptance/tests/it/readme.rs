//! The README's lines, typed as they stand there.

use serde_json::Value;

use crate::support::{As, Document, Home};

pub(crate) const README: Document =
    Document(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")));

fn script(heading: &str) -> String {
    README.script(heading, 3)
}

/// The JSON objects that a script printed.
fn objects(out: &str) -> Vec<Value> {
    let values = serde_json::Deserializer::from_str(out).into_iter::<Value>();
    values.map_while(Result::ok).take_while(Value::is_object).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn its_lines_pay_in_every_way() {
    let home = Home::of(As::Tester).unwrap();
    let up = home.up().await;
    let lines = format!("{}\necho =====\n{}", script("Sell a ticket"), script("Pay in other ways"));
    let paid = home.shell(&lines).await.code(0);
    let (_, told) = paid.out.split_once("=====\n").unwrap();
    let [deposited, wallet, card, callback, refunded] = &objects(told)[..] else {
        panic!("five answers: {told}")
    };
    assert_eq!(deposited["balance"], 100_000);
    for (answer, status) in
        [(wallet, "confirmed"), (card, "confirmed"), (callback, "succeeded"), (refunded, "confirmed")]
    {
        assert_eq!(answer["status"], status, "{answer}");
    }
    let proving = format!(". .stagedoor/env\n{}", README.script("Prove it", 1));
    home.shell(&proving).await.code(0).says("Nothing speaks against the log").says("Proven: position 3");
    let rebuilding = format!(". .stagedoor/env\n{}", README.script("Read models, made anew", 1));
    home.shell(&rebuilding).await.code(0).says("What was made is read now. It mended 0 rows.");
    drop(up);
}

async fn sells_tickets(home: &Home) {
    let up = home.up().await;
    let script = format!("{}\n{}", script("Sell a ticket"), README.script("Explain it", 1));
    let sold = home.shell(&script).await.code(0).says("OrderPlaced").says("TicketIssued");
    let sold = sold.says("The customer ordered.").says("payment.status").says("would be accepted");
    let [placed, payment, order] = &objects(&sold.out)[..] else { panic!("three answers: {sold:#?}") };
    assert_eq!((&placed["status"], &payment["status"]), (&"pending".into(), &"succeeded".into()));
    assert_eq!(order["status"], "confirmed");
    assert_eq!(order["tickets"].as_array().unwrap().len(), 2);
    let order_id = order["order_id"].as_str().unwrap();
    assert!(sold.out.contains(&format!("order-{order_id} v")), "its events are shown: {}", sold.out);

    let rejecting = script.replace("/approve\"", "/reject\"");
    let rejected = home.shell(&rejecting).await.code(0);
    let order = &objects(&rejected.out)[2];
    assert_eq!((&order["status"], order["tickets"].as_array().unwrap().len()), (&"failed".into(), 0));

    let show = order["show_id"].as_str().unwrap();
    let inventory = home.sign_in("customer").await.get_at(&format!("/v1/inventory/{show}"), 0).await;
    assert_eq!((&inventory.body["held"], &inventory.body["sold"]), (&0.into(), &2.into()));
    drop(up);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_lines_sell_a_ticket() {
    sells_tickets(&Home::of(As::Tester).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_lines_sell_a_ticket_to_an_ordinary_user() {
    if let Some(home) = Home::of(As::Nobody) {
        sells_tickets(&home).await;
    }
}
