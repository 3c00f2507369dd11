//! Cards, taken by a provider that others wrote: what is asked of it, what it answers, and how it signs what it tells.
//!
//! What it does not know of Stripe can't be seen with it. It takes a repeated request for another one, so whoever asks
//! twice makes two charges. Its lists know no time, so no charge can be looked for among others: one that it declines
//! without naming it is not called off. It tells nobody of refunds.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    House, Localstripe, Reply, SECRET_KEY, World,
    audit::{Event, audit, read_after},
    eventually, standing,
};

const SIGNS_WITH: &str = "whsec_of_the_provider";
/// Long before a pending payment is asked about: what is settled by then, nobody asked for.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// Its numbers of cards whose bank wants to hear from the customer first, and then pays or not.
const PAYS_WHEN_ASKED: &str = "4000002500003155";
const DECLINES_WHEN_ASKED: &str = "4000008260003178";

/// A box office that takes cards.
struct Till {
    house: House,
    stripe: Localstripe,
    show: String,
}

impl Till {
    /// Confirms charges with a card of its own, or leaves that to customers' browsers. None where the tests were told to
    /// do without.
    async fn open(payment_method: &str) -> Option<Self> {
        let stripe = Localstripe::start().await?;
        let changed = [
            ("STAGEDOOR_STRIPE_URL", stripe.url.clone()),
            ("STAGEDOOR_STRIPE_SECRET_KEY", SECRET_KEY.to_owned()),
            ("STAGEDOOR_STRIPE_WEBHOOK_SECRET", SIGNS_WITH.to_owned()),
            ("STAGEDOOR_STRIPE_PAYMENT_METHOD", payment_method.to_owned()),
            // Whatever might be said where somebody looks for a fault.
            ("STAGEDOOR_LOG", "debug".to_owned()),
        ];
        let house = House::in_world_with(World::new().await, &changed).await;
        let show = house.show(standing(10)).await;
        let till = Self { house, stripe, show };
        till.stripe.tells(&till.webhook(), SIGNS_WITH).await;
        Some(till)
    }

    fn webhook(&self) -> String {
        format!("http://127.0.0.1:{}/v1/payments/stripe/webhook", self.house.world.ports.command)
    }

    /// Two places, to be paid by card.
    async fn order(&self) -> Reply {
        let items = json!([{ "section": "FIELD", "quantity": 2 }]);
        self.house.order(json!({ "show_id": self.show, "payment_method": "card", "items": items })).await
    }

    /// An order as its customer sees it once it has come to this.
    async fn comes_to(&self, placed: &Reply, status: &str) -> Value {
        let path = format!("/v1/orders/{}", placed.text("order_id"));
        eventually(&format!("an order that is {status}"), SETTLED_WITHIN, || async {
            let order = self.house.customer.get(&path).await.body;
            (order["status"] == status).then_some(order)
        })
        .await
    }

    /// With what the customer's browser goes on, once the provider was asked.
    async fn client_secret(&self, placed: &Reply) -> String {
        let path = payment(placed);
        eventually("a client secret", SETTLED_WITHIN, || async {
            self.house.customer.get(&path).await.body["client_secret"].as_str().map(str::to_owned)
        })
        .await
    }

    /// Does what a page does with a client secret: names a card, and has its owner's bank agree.
    async fn pay_by_browser(&self, client_secret: &str, number: &str) -> (u16, Value) {
        let intent = intent_of(client_secret);
        // Stripe takes this, too, from a browser with a client secret; localstripe only from whoever is to be paid.
        let card = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2030"),
            ("card[cvc]", "123"),
        ];
        let card = self.stripe.post("/v1/payment_methods", &card).await["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/payment_intents/{intent}");
        self.stripe.post(&path, &[("payment_method", &card)]).await;
        let confirmed = self.stripe.post(&format!("{path}/confirm"), &[]).await;
        assert_eq!(confirmed["status"], "requires_action");
        let (refused, _) = self.stripe.authenticate(intent, &format!("{intent}_secret_guessed")).await;
        assert_eq!(refused, 401, "the provider knows its client secrets");
        self.stripe.authenticate(intent, client_secret).await
    }

    /// What the provider knows of a payment: there is one charge for it, however often it was asked.
    async fn charge_of(&self, placed: &Reply) -> Value {
        let made = self.stripe.get("/v1/payment_intents?limit=100").await;
        let of_payment = |charge: &&Value| charge["metadata"]["payment_id"] == placed.body["payment_id"];
        let found: Vec<&Value> = made["data"].as_array().unwrap().iter().filter(of_payment).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    }
}

/// Whether a process recorded it, who names the event that led to it.
fn was_asked_for(event: &Event) -> bool {
    event.metadata.get("causation").is_some()
}

fn payment(placed: &Reply) -> String {
    format!("/v1/payments/{}", placed.text("payment_id"))
}

fn intent_of(client_secret: &str) -> &str {
    client_secret.split_once("_secret_").unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_pays_at_once_and_is_paid_back() {
    let Some(till) = Till::open("pm_card_visa").await else { return };
    let placed = till.order().await;
    let order = till.comes_to(&placed, "confirmed").await;
    assert_eq!(order["tickets"].as_array().unwrap().len(), 2);
    let charge = till.charge_of(&placed).await;
    assert_eq!(
        (&charge["status"], &charge["amount"], &charge["currency"], &charge["metadata"]["order_id"]),
        (&json!("succeeded"), &placed.body["total"], &json!("eur"), &placed.body["order_id"])
    );
    // That it tells of it, too, changes nothing.
    till.stripe.has_told("successfully delivered", 1).await;
    let books = audit(&till.house.world).await;
    assert_eq!(books.events("PaymentSucceeded"), 1);

    let refund = format!("/v1/orders/{}/refund", placed.text("order_id"));
    till.house.operator.post(&refund, json!({ "reason": "rain" })).await.ok(202);
    till.comes_to(&placed, "refunded").await;
    let path = format!("/v1/refunds?payment_intent={}", charge["id"].as_str().unwrap());
    let refunds = till.stripe.get(&path).await["data"].as_array().unwrap().clone();
    assert_eq!((refunds.len(), &refunds[0]["amount"]), (1, &placed.body["total"]));
    let since = read_after(&till.house.world, books.log.last().unwrap().position, 100).await;
    let back: Vec<_> = since.iter().filter(|event| event.event_type == "PaymentRefunded").collect();
    assert_eq!((back.len(), &back[0].data["reference"]), (1, &refunds[0]["id"]));
    assert!(was_asked_for(back[0]));
    let refunded = till.house.customer.get_at(&payment(&placed), back[0].position).await;
    assert_eq!(refunded.text("status"), "refunded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_declined_fails_the_order_with_its_reason() {
    let Some(till) = Till::open("pm_card_chargeCustomerFail").await else { return };
    let placed = till.order().await;
    let order = till.comes_to(&placed, "failed").await;
    assert_eq!((&order["reason"], &order["tickets"]), (&json!("card_declined"), &json!([])));
    till.stripe.has_told("successfully delivered", 1).await;
    let books = audit(&till.house.world).await;
    assert_eq!((books.events("PaymentFailed"), books.events("PaymentSucceeded")), (1, 0));
    let head = books.log.last().unwrap().position;
    assert_eq!(till.house.counts(&till.show, head).await, (0, 0, 10), "its places are on sale again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_browser_goes_on_and_the_provider_tells() {
    let Some(till) = Till::open("").await else { return };
    let good = till.order().await;
    let secret = till.client_secret(&good).await;
    only_the_customer_is_told(&till, &good).await;
    let (status, paid) = till.pay_by_browser(&secret, PAYS_WHEN_ASKED).await;
    assert_eq!((status, &paid["status"]), (200, &json!("succeeded")));
    let order = till.comes_to(&good, "confirmed").await;
    assert_eq!(order["tickets"].as_array().unwrap().len(), 2);
    till.stripe.has_told("\"payment_intent.succeeded\" successfully delivered", 1).await;
    let settled = till.house.customer.get(&payment(&good)).await.ok(200);
    assert_eq!((settled.text("status").as_str(), settled.body.get("client_secret")), ("succeeded", None));

    let bad = till.order().await;
    let declined = till.client_secret(&bad).await;
    let (status, _) = till.pay_by_browser(&declined, DECLINES_WHEN_ASKED).await;
    assert_eq!(status, 402);
    let order = till.comes_to(&bad, "failed").await;
    assert_eq!(order["reason"], "card_declined");
    eventually("a charge that nobody can pay any more", SETTLED_WITHIN, || async {
        (till.charge_of(&bad).await["status"] == "canceled").then_some(())
    })
    .await;

    let books = audit(&till.house.world).await;
    for event in ["PaymentSucceeded", "PaymentFailed"] {
        let settled: Vec<_> = books.log.iter().filter(|logged| logged.event_type == event).collect();
        assert_eq!(settled.len(), 1, "{event}");
        assert!(!was_asked_for(settled[0]), "{event}: a webhook said it, and no process asked");
    }
    nothing_kept_has(&till, &[&secret, &declined, SECRET_KEY, SIGNS_WITH]).await;
}

/// Everybody else who may see the payment sees all but the secret.
async fn only_the_customer_is_told(till: &Till, placed: &Reply) {
    let (house, path) = (&till.house, payment(placed));
    for caller in [&house.organizer, &house.operator] {
        let told = caller.get(&path).await.ok(200);
        assert_eq!((told.text("status").as_str(), told.body.get("client_secret")), ("pending", None));
    }
    house.world.customer().await.get(&path).await.ok(404);
    let told = house.customer.get(&path).await.ok(200);
    assert_eq!(told.header("cache-control"), Some("private, no-store"));
}

/// Neither log, nor what commands were answered, nor any read model.
async fn nothing_kept_has(till: &Till, secrets: &[&str]) {
    let world = &till.house.world;
    for table in ["events", "commands", "process_steps", "orders", "payments", "notifications"] {
        let rows = format!("select coalesce(string_agg(kept::text, ' '), '') from {table} kept");
        let kept: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_one(&world.pool).await.unwrap();
        for secret in secrets {
            assert!(!kept.contains(secret), "{secret} is in {table}");
        }
    }
    let printed = till.house.process.log();
    assert!(printed.contains("told by a provider"), "{printed}");
    for secret in secrets {
        assert!(!printed.contains(secret), "{secret} is in the log: {printed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_with_another_secret_is_refused_and_changes_nothing() {
    let Some(till) = Till::open("").await else { return };
    till.stripe.tells(&till.webhook(), "whsec_of_somebody_else").await;
    let placed = till.order().await;
    let secret = till.client_secret(&placed).await;
    let before = till.house.world.number("select position from log_head").await;
    let (status, _) = till.pay_by_browser(&secret, PAYS_WHEN_ASKED).await;
    assert_eq!(status, 200);
    till.stripe.has_told("\"payment_intent.succeeded\" failed with response code 401", 1).await;
    assert_eq!(till.house.world.number("select position from log_head").await, before);
    assert_eq!(till.house.customer.get(&payment(&placed)).await.text("status"), "pending");

    till.stripe.tells(&till.webhook(), SIGNS_WITH).await;
    let placed = till.order().await;
    till.pay_by_browser(&till.client_secret(&placed).await, PAYS_WHEN_ASKED).await;
    till.comes_to(&placed, "confirmed").await;
}
