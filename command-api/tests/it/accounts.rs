//! Accounts, and orders that are paid from them.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{BoxOffice, Client, order};

async fn account(client: &Client, amount: i64) -> String {
    let account = client.post("/v1/accounts", json!({"currency": "EUR"})).await.ok(201).text("account_id");
    client.post(&format!("/v1/accounts/{account}/deposits"), json!({"amount": amount})).await.ok(201);
    account
}

fn wallet(show: &str, quantity: u32) -> Value {
    let mut order = order(show, quantity);
    order["payment_method"] = json!("wallet");
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_opened_once_a_currency_and_filled_once_a_key() {
    let office = BoxOffice::open().await;
    let customer = office.customer().await;
    let opened = customer.post("/v1/accounts", json!({"currency": "EUR"})).await.ok(201);
    assert_eq!((&opened.body["currency"], &opened.body["balance"]), (&json!("EUR"), &json!(0)));
    let again = customer.post("/v1/accounts", json!({"currency": "EUR"})).await;
    assert_eq!(again.problem(), (409, "account-exists"));
    customer.post("/v1/accounts", json!({"currency": "GBP"})).await.ok(201);
    let deposits = format!("/v1/accounts/{}/deposits", opened.text("account_id"));
    for _ in 0..3 {
        let reply = customer.post_with_key(&deposits, json!({"amount": 700}), "once").await.ok(201);
        assert_eq!(reply.body["balance"], json!(700));
    }
    assert_eq!(customer.post_with_key(&deposits, json!({"amount": 701}), "once").await.problem().0, 422);
    for amount in [json!(0), json!(-5)] {
        assert_eq!(customer.post(&deposits, json!({"amount": amount})).await.pointers(), ["/amount"]);
    }
    assert_eq!(
        office.customer().await.post(&deposits, json!({"amount": 1})).await.problem(),
        (404, "not-found")
    );
    assert_eq!(
        office.operator().await.post(&deposits, json!({"amount": 1})).await.ok(201).body["balance"],
        701
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_orders_of_1_on_a_balance_of_50_are_50_confirmed_and_50_failed() {
    let office = BoxOffice::open().await;
    let sections = json!([{"code": "S", "name": "Standing", "price": 1, "capacity": 200}]);
    let organizer = office.organizer().await;
    let mut body = crate::support::show();
    (body["sections"], body["tax_basis_points"]) = (sections, json!(0));
    let show = organizer.post("/v1/shows", body).await.ok(201).text("show_id");
    organizer.post(&format!("/v1/shows/{show}/publish"), Value::Null).await.ok(200);
    let customer = office.customer().await;
    let account = account(&customer, 50).await;
    office.new_events().await;

    let replies = join_all((0..100).map(|_| customer.post("/v1/orders", wallet(&show, 1)))).await;
    let with = |status: &str| replies.iter().filter(|reply| reply.body["status"] == status).count();
    assert!(replies.iter().all(|reply| reply.status == 201));
    assert_eq!((with("confirmed"), with("failed")), (50, 50));
    let reasons = replies.iter().filter(|reply| reply.body["reason"] == "insufficient_funds").count();
    assert_eq!(reasons, 50);

    let events = office.new_events().await;
    let count = |wanted: &str| events.iter().filter(|event| *event == wanted).count();
    assert_eq!(count("FundsDebited"), 50);
    assert_eq!((count("TicketIssued"), count("SeatsReleased")), (50, 50));
    let deposits = format!("/v1/accounts/{account}/deposits");
    let left = office.operator().await.post(&deposits, json!({"amount": 1})).await.ok(201);
    assert_eq!(left.body["balance"], json!(1), "nothing was left");
    let manual = |quantity| customer.post("/v1/orders", order(&show, quantity));
    for _ in 0..7 {
        manual(20).await.ok(201);
    }
    manual(10).await.ok(201);
    assert_eq!(manual(1).await.problem(), (409, "not-enough-available"), "50 were sold, 150 are held");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_account_a_wallet_fails_and_says_so() {
    let office = BoxOffice::open().await;
    let show = office.standing(5).await;
    let reply = office.customer().await.post("/v1/orders", wallet(&show, 1)).await.ok(201);
    assert_eq!((&reply.body["status"], &reply.body["reason"]), (&json!("failed"), &json!("no_account")));
}
