//! What must be true when all is quiet again. The auditor knows the log's documented shape and the provider's books.

use std::{collections::BTreeMap, time::Duration};

use reqwest::Response;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::house::House;
use crate::support::{audit, audit::Books};

/// Nothing is pending so long after the last fault.
const QUIET_WITHIN: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Read by people of the read models: all of them follow from the log, which is checked afterwards.
const UNSETTLED: &str = "select (select count(*) from orders where status = 'pending')
    + (select count(*) from payments where status = 'pending' or refund_reason is not null)";
const WAITING: &str = "select format('%s of %s: %s, of which %s overdue, due until %s, with up to %s failures and %s outages',
        step, process, count(*), count(*) filter (where due_at < now()), max(due_at) - now(), max(attempts), max(outages))
    from process_steps group by process, step order by process, step";
const PARKED: &str = "select (select count(*) from process_steps where parked is not null)
    + (select count(*) from parked_entities)";

/// When nothing was pending any more.
pub(crate) struct Settled {
    pub(crate) after: Duration,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) events: usize,
    /// By the provider's books: charges, and how many of them were given back.
    pub(crate) captured: usize,
    pub(crate) given_back: usize,
    /// In minor units.
    pub(crate) taken: i64,
    pub(crate) returned: i64,
    /// Orders by status.
    pub(crate) statuses: BTreeMap<String, usize>,
    /// Orders that were confirmed although their hold had ended.
    pub(crate) late: usize,
}

impl Settled {
    pub(super) async fn wait(house: &House, last_fault: Instant) -> Self {
        let is_settled = async || {
            let ours = house.post.on_their_way() == 0 && house.world.number(UNSETTLED).await == 0;
            ours && is_quiet(house).await
        };
        while !is_settled().await {
            let late = last_fault.elapsed() > QUIET_WITHIN;
            assert!(
                !late,
                "not within {QUIET_WITHIN:?}: an end of all that is pending: {}",
                waiting(house).await
            );
            sleep(LOOK_EVERY).await;
        }
        Self { after: last_fault.elapsed() }
    }
}

/// What still waits, and for what.
async fn waiting(house: &House) -> String {
    let pending = house.world.number(UNSETTLED).await;
    let steps: Vec<String> = sqlx::query_scalar(WAITING).fetch_all(&house.world.pool).await.unwrap();
    let open = match asked(house, "/books/open").await {
        Ok(answer) => answer.text().await.unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    format!("{pending} orders and payments; the provider: {open}; {}", steps.join("; "))
}

/// What the provider says for itself.
async fn asked(house: &House, path: &str) -> Result<Response, reqwest::Error> {
    let http = &house.organizer[0].api.http;
    http.get(format!("{}{path}", house.provider.address())).send().await
}

/// Whether the provider has nothing more to decide or to tell.
async fn is_quiet(house: &House) -> bool {
    let Ok(answer) = asked(house, "/books/open").await else { return false };
    let open: Value = answer.json().await.unwrap();
    open["undecided"] == 0 && open["untold"] == 0
}

pub(super) async fn all(house: &House) -> Checked {
    let complaints = house.post.complaints();
    assert!(complaints.is_empty(), "{} complaints, first: {:?}", complaints.len(), complaints.first());
    assert_eq!(house.world.number(PARKED).await, 0, "something is parked");
    let books = audit::audit(&house.world).await;
    let provider = provider_books(house).await;
    each_order_agrees_with_its_payment(&books);
    the_provider_says_the_same(&books, &provider);
    the_program_finds_no_difference(house).await;
    summary(&books, &provider)
}

/// Payment, and all that the provider did for it: two charges for one payment would be one too many.
async fn provider_books(house: &House) -> BTreeMap<String, Value> {
    let listed: Value = asked(house, "/books").await.unwrap().json().await.unwrap();
    let mut charges = BTreeMap::new();
    for charge in listed["data"].as_array().unwrap() {
        let payment = charge["payment_id"].as_str().unwrap().to_owned();
        assert_eq!(charge["captures"].as_array().unwrap().len(), 1, "{charge}");
        let before = charges.insert(payment, charge.clone());
        assert_eq!(before, None, "a payment was taken twice: {charge}");
    }
    charges
}

/// A confirmed order is paid for, and only that; whatever was paid for anything else went back.
fn each_order_agrees_with_its_payment(books: &Books) {
    for (payment, row) in &books.payments {
        let order = &books.orders[row["details"]["order"].as_str().unwrap()];
        let (order_is, payment_is) = (order["status"].as_str().unwrap(), row["status"].as_str().unwrap());
        let agree = match payment_is {
            "succeeded" => order_is == "confirmed",
            // By request, or because it came when the order had ended.
            "refunded" => matches!(order_is, "refunded" | "failed" | "cancelled" | "expired"),
            "failed" => order_is == "failed",
            "cancelled" => matches!(order_is, "cancelled" | "expired"),
            _ => false,
        };
        assert!(agree, "payment {payment} is {payment_is}, its order {order_is}");
        let good =
            order["tickets"].as_array().unwrap().iter().map(|code| &books.tickets[code.as_str().unwrap()]);
        for ticket in good {
            let is_good = ticket["status"] != "void";
            assert_eq!(is_good, order_is == "confirmed", "{ticket} of an order that is {order_is}");
        }
    }
}

/// Every charge of ours is one of theirs, of the same amount, kept or given back as we say; and the other way round.
fn the_provider_says_the_same(books: &Books, provider: &BTreeMap<String, Value>) {
    for (payment, row) in &books.payments {
        let request = &row["details"];
        let ours = match row["status"].as_str().unwrap() {
            "succeeded" => (request["amount"].as_i64().unwrap(), 0),
            "refunded" => (request["amount"].as_i64().unwrap(), request["amount"].as_i64().unwrap()),
            _ => (0, 0),
        };
        let theirs = provider.get(payment).map_or((0, 0), moved);
        let by_card = request["method"] == "card";
        assert!(by_card || !provider.contains_key(payment), "{payment} was not to be paid by card");
        assert!(!by_card || ours == theirs, "{payment}: we say {ours:?}, the provider {theirs:?}; {row}");
    }
    for payment in provider.keys() {
        assert!(
            books.payments.contains_key(payment),
            "the provider charged for {payment}, of which we know nothing"
        );
    }
}

fn moved(charge: &Value) -> (i64, i64) {
    (charge["taken"].as_i64().unwrap(), charge["refunded"].as_i64().unwrap())
}

async fn the_program_finds_no_difference(house: &House) {
    let ran = house.world.run_with(&house.settings(), &["audit", "ledger", "--json"]).await.code(0);
    let report = ran.json();
    assert_eq!(report["differences"], serde_json::json!([]), "{report}");
    assert_eq!(report["unbalanced"], serde_json::json!([]), "{report}");
}

fn summary(books: &Books, provider: &BTreeMap<String, Value>) -> Checked {
    let mut statuses = BTreeMap::new();
    for order in books.orders.values() {
        *statuses.entry(order["status"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let given_back = provider.values().filter(|charge| moved(charge).1 > 0).count();
    let expired = books.log.iter().filter(|event| event.event_type == "OrderExpired");
    let late = expired.filter(|event| {
        let status = &books.orders[event.stream().1]["status"];
        status == "confirmed" || status == "refunded"
    });
    Checked {
        events: books.log.len(),
        captured: provider.len(),
        given_back,
        taken: provider.values().map(|charge| moved(charge).0).sum(),
        returned: provider.values().map(|charge| moved(charge).1).sum(),
        late: late.count(),
        statuses,
    }
}
