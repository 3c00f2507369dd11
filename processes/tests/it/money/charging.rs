//! Cards are charged, whatever the provider does; the last two digits of a price choose what that is.

use chrono::TimeDelta;
use domain::{PaymentMethod, operations::OrderSummary};
use event_store::{Clock, new_id};
use processes::{Charging, Performed, Process, Step};
use providers::ChargeState;

use super::{
    gate::charged_unheard,
    office::{Office, charge},
};
use crate::support::until;

const CONFIRMED: [&str; 2] = ["PaymentSucceeded", "OrderConfirmed"];

#[tokio::test]
async fn an_approved_charge_confirms_its_order_once_by_answer_and_by_webhook() {
    let office = Office::open().await;
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let charging = office.charging();

    office.comes_to(&order, &CONFIRMED).await;
    office.in_time("the provider tells it, too", async || office.heard().await == 1).await;

    office.comes_to(&order, &CONFIRMED).await;
    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 0));
    charging.stop().await;
}

#[tokio::test]
async fn a_declined_charge_fails_its_order_with_the_bank_s_reason() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_081, PaymentMethod::Card).await;
    let charging = office.charging();

    office.comes_to(&order, &["PaymentFailed", "OrderFailed"]).await;
    office.is_done(Charging::NAME).await;

    let failed = office.world.log().await.into_iter().find(|event| event.event_type == "PaymentFailed");
    assert_eq!(failed.unwrap().data, r#"{"reason":"card_declined"}"#);
    assert_eq!(office.moved(order.payment_id).await, (0, 0));
    charging.stop().await;
}

#[tokio::test]
async fn silence_is_no_answer_and_what_was_charged_meanwhile_is_found_and_charged_once() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_082, PaymentMethod::Card).await;
    let charging = office.charging();
    until("it was waited for in vain", async || {
        office.world.steps(Charging::NAME).await.iter().any(|step| step.attempts > 0)
    })
    .await;
    assert_eq!(office.story(&order).await, ["OrderPlaced", "PaymentRequested"]);

    office.comes_to(&order, &CONFIRMED).await;

    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_082, 0));
    charging.stop().await;
}

#[tokio::test]
async fn a_failure_that_is_told_after_the_success_changes_nothing() {
    let office = Office::open().await;
    let order = office.sold(2_088, PaymentMethod::Card).await;
    let charging = office.charging();

    office.in_time("both are told", async || office.heard().await == 2).await;

    office.comes_to(&order, &CONFIRMED).await;
    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_088, 0));
    charging.stop().await;
}

#[tokio::test]
async fn what_was_said_to_have_failed_and_succeeds_is_paid_back() {
    let office = Office::open().await;
    let order = office.sold(2_087, PaymentMethod::Card).await;
    let (charging, refunds) = (office.charging(), office.refunds());

    let failed = ["PaymentFailed", "OrderFailed"];
    let paid_back = ["PaymentSucceeded", "PaymentRefundRequested", "PaymentRefunded"];
    office.comes_to(&order, &[&failed[..], &paid_back].concat()).await;

    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_087, 2_087));
    charging.stop().await;
    refunds.stop().await;
}

#[tokio::test]
async fn what_the_customer_has_yet_to_do_is_no_success_and_is_called_off_in_the_end() {
    let office = Office::open().await;
    let order = office.sold(2_092, PaymentMethod::Card).await;
    let charging = office.charging();
    office
        .in_time("it is charged", async || {
            office.world.caught_up(Charging::NAME).await;
            office.story(&order).await.len() > 2
                || office.world.steps(Charging::NAME).await.iter().all(|step| step.step != "charge")
        })
        .await;
    assert_eq!(office.story(&order).await, ["OrderPlaced", "PaymentRequested"]);

    office.cancel(order.order_id).await;
    office.comes_to(&order, &["OrderCancelled", "PaymentCancelled"]).await;

    office.is_done(Charging::NAME).await;
    let called_off = office.bank.says(&charge(&order)).await;
    assert!(matches!(called_off, Some(ChargeState::Failed { .. })), "{called_off:?}");
    charging.stop().await;
}

/// Whoever finds that by asking does not leave it open: another card could be tried on it.
#[tokio::test]
async fn a_charge_that_was_declined_in_the_browser_is_called_off() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_081, PaymentMethod::Card).await;
    let money = office.money(office.bank.client_of_browsers());
    let perform = async |step: &str| {
        let (target, due_at) = (order.payment_id.uuid(), office.world.clock.now());
        let (step, cause) = (step.to_owned(), new_id());
        Charging::perform(&money, &Step { target, step, cause, due_at, attempts: 0, outages: 0 }).await
    };
    perform("charge").await;
    let Some(ChargeState::Pending { reference, .. }) = office.bank.says(&charge(&order)).await else {
        panic!("it waits for the browser")
    };
    office.bank.confirm(&reference).await;

    let found = perform("ask").await;

    assert_eq!(office.story(&order).await[2..], ["PaymentFailed", "OrderFailed"]);
    assert_eq!(found, Performed::NotBefore(office.world.clock.now()), "it is asked about once more, at once");
    assert_eq!(perform("ask").await, Performed::Done);
    assert_eq!(office.bank.status(&reference).await, "canceled");
}

#[tokio::test]
async fn a_provider_that_is_away_is_asked_again_until_it_is_back() {
    let mut office = Office::without_webhooks().await;
    office.bank.kill().await;
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let charging = office.charging();
    office
        .in_time("it was tried in vain", async || {
            office.world.steps(Charging::NAME).await.iter().any(|step| step.attempts > 1)
        })
        .await;

    office.bank.start().await;

    office.comes_to(&order, &CONFIRMED).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 0));
    charging.stop().await;
}

/// Providers forget after a day what they were asked under which key.
#[tokio::test]
async fn a_charge_that_nobody_heard_of_for_longer_than_keys_are_known_is_looked_for_and_not_repeated() {
    let office = Office::without_webhooks().await;
    let order = charged_unheard(&office).await;
    office.world.clock.advance(TimeDelta::hours(25));

    let charging = office.charging();

    office
        .comes_to(&order, &["OrderExpired", "PaymentCancelled", "PaymentSucceeded", "OrderConfirmed"])
        .await;
    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 0));
    charging.stop().await;
}

#[tokio::test]
async fn a_provider_that_dies_while_it_charges_charges_once() {
    let mut office = Office::without_webhooks().await;
    let order = office.sold(2_082, PaymentMethod::Card).await;
    let charging = office.charging();
    let charged = charge(&order);
    until("it has the charge in hand", async || office.bank.says(&charged).await.is_some()).await;

    office.bank.kill().await;
    office.bank.start().await;

    office.comes_to(&order, &CONFIRMED).await;
    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_082, 0));
    charging.stop().await;
}

#[tokio::test]
async fn two_runners_charge_a_hundred_cards_once_each() {
    let office = Office::without_webhooks().await;
    let show = office.show_of(&[2_200, 2_081, 2_097], 100).await;
    let runners = [office.charging(), office.charging()];
    let mut orders = Vec::new();
    for number in 0..100 {
        let price = [2_200, 2_081, 2_097][number % 3];
        orders.push(office.order(show, price, PaymentMethod::Card).await.unwrap());
    }

    let declined = |order: &OrderSummary| order.total == 2_081;
    let fate = |order: &OrderSummary| {
        if declined(order) { vec!["PaymentFailed", "OrderFailed"] } else { CONFIRMED.to_vec() }
    };
    office.all_come_to(&orders.iter().map(|order| (order.clone(), fate(order))).collect::<Vec<_>>()).await;

    office.is_done(Charging::NAME).await;
    let moved = office.bank.moved().await;
    for order in &orders {
        let taken = moved.get(&order.payment_id).copied();
        assert_eq!(taken, (!declined(order)).then_some((order.total, 0)));
    }
    for runner in runners {
        runner.stop().await;
    }
}
