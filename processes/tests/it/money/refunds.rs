//! Money goes back, once.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{
    PaymentMethod,
    operations::{ApprovePayment, CompleteRefund, OrderSummary, Outcome, SettlePayment},
};
use event_store::Clock;
use processes::{Charging, Process, Refunds};
use providers::{Charge, ChargeState, Provider, Refund};

use super::{
    gate::{Gate, Keeps},
    office::{Office, charge},
};
use crate::{
    shop::{command, refund},
    support::until,
};

const PAID_BACK: [&str; 5] =
    ["PaymentSucceeded", "OrderConfirmed", "PaymentRefundRequested", "PaymentRefunded", "OrderRefunded"];

/// An order that was paid by card and is to be paid back.
async fn to_be_refunded(office: &Office, price: i64) -> OrderSummary {
    let order = office.sold(price, PaymentMethod::Card).await;
    let charging = office.charging();
    office.comes_to(&order, &PAID_BACK[..2]).await;
    office.is_done(Charging::NAME).await;
    charging.stop().await;
    refund(&office.world, order.order_id).await;
    order
}

/// The same; the provider has paid it back, and whoever asked it to was killed before it heard of that.
async fn refunded_unheard(office: &Office, price: i64) -> OrderSummary {
    let order = to_be_refunded(office, price).await;
    let gate = Gate::before(office.bank.client(), Keeps::Tasks);
    let refunds = office.world.run_on::<Refunds>(office.money_by(Some(Arc::clone(&gate) as _)));
    gate.is_reached(1).await;
    refunds.kill().await;
    office.bury().await;
    assert_eq!(office.story(&order).await[2..], PAID_BACK[..3]);
    assert_eq!(office.moved(order.payment_id).await, (price, price));
    order
}

#[tokio::test]
async fn a_refund_that_fails_twice_is_tried_again_and_paid_once() {
    let office = Office::without_webhooks().await;
    let order = to_be_refunded(&office, 2_094).await;
    let refunds = office.refunds();
    office
        .in_time("it failed twice", async || {
            office.world.steps(Refunds::NAME).await.iter().any(|step| step.attempts == 2)
        })
        .await;
    assert_eq!(office.moved(order.payment_id).await, (2_094, 0));

    office.comes_to(&order, &PAID_BACK).await;

    office.is_done(Refunds::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_094, 2_094));
    refunds.stop().await;
}

/// Its key would be answered as when it was still pending.
#[tokio::test]
async fn a_refund_that_fails_at_the_bank_is_made_anew_and_paid_once() {
    let office = Office::without_webhooks().await;
    let order = to_be_refunded(&office, 2_098).await;
    let refunds = office.refunds();

    office.comes_to(&order, &PAID_BACK).await;

    office.is_done(Refunds::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_098, 2_098));
    refunds.stop().await;
}

#[tokio::test]
async fn a_refund_that_the_bank_has_yet_to_see_to_is_recorded_when_the_money_has_gone() {
    let office = Office::without_webhooks().await;
    let order = to_be_refunded(&office, 2_095).await;
    let refunds = office.refunds();
    until("it is asked for", async || {
        let now = office.world.clock.now();
        office.world.steps(Refunds::NAME).await.iter().all(|step| step.due_at > now)
            && office.world.position(Refunds::NAME).await == Some(office.world.head().await.position)
    })
    .await;
    assert_eq!(office.story(&order).await[2..], PAID_BACK[..3]);
    assert_eq!(office.moved(order.payment_id).await, (2_095, 0));

    office.comes_to(&order, &PAID_BACK).await;

    office.is_done(Refunds::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_095, 2_095));
    refunds.stop().await;
}

/// An operator who hears of it may pay otherwise.
#[tokio::test]
async fn when_a_refund_is_parked_no_other_is_under_way() {
    let office = Office::without_webhooks().await;
    let order = to_be_refunded(&office, 2_098).await;
    let refunds = office.refunds();
    until("it is asked for", async || {
        let (now, steps) = (office.world.clock.now(), office.world.steps(Refunds::NAME).await);
        steps.iter().any(|step| step.due_at > now)
    })
    .await;
    let often = "update process_steps set attempts = 11 where process = 'refunds'";
    sqlx::query(often).execute(&office.pool).await.unwrap();

    let parked = async || office.world.steps(Refunds::NAME).await.iter().any(|step| step.parked.is_some());
    office.in_time("it is parked", parked).await;

    let Some(ChargeState::Succeeded { reference }) = office.bank.says(&charge(&order)).await else {
        panic!("it was paid")
    };
    assert_eq!(office.bank.refunds(&reference).await, 1);
    refunds.stop().await;
}

/// On the provider's own pages.
#[tokio::test]
async fn of_what_somebody_gave_back_a_part_of_by_hand_the_rest_is_paid_back() {
    let office = Office::without_webhooks().await;
    let order = to_be_refunded(&office, 2_200).await;
    let part = Refund { charge: Charge { amount: 700, ..charge(&order) }, reference: None, last_try: false };
    office.bank.says(&charge(&order)).await;
    office.bank.client().refund(&part).await.unwrap();
    assert_eq!(office.moved(order.payment_id).await, (2_200, 700));

    let refunds = office.refunds();

    office.comes_to(&order, &PAID_BACK).await;
    office.is_done(Refunds::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 2_200));
    refunds.stop().await;
}

#[tokio::test]
async fn whoever_dies_between_the_provider_s_answer_and_the_record_is_followed_by_somebody_who_records_it() {
    let office = Office::without_webhooks().await;
    let order = refunded_unheard(&office, 2_200).await;

    let refunds = office.refunds();

    office.comes_to(&order, &PAID_BACK).await;
    office.is_done(Refunds::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 2_200));
    refunds.stop().await;
}

/// Providers forget after a day what they were asked under which key.
#[tokio::test]
async fn a_refund_that_nobody_heard_of_for_longer_than_keys_are_known_is_looked_for_first() {
    let office = Office::without_webhooks().await;
    let order = refunded_unheard(&office, 2_200).await;
    office.world.clock.advance(TimeDelta::hours(25));

    let refunds = office.refunds();

    office.comes_to(&order, &PAID_BACK).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 2_200));
    refunds.stop().await;
}

#[tokio::test]
async fn a_wallet_gets_its_money_back_once_however_often_that_is_said() {
    let office = Office::without_webhooks().await;
    let (customer, account) = office.with_funds(5_000).await;
    let show = office.show_of(&[2_200], 5).await;
    let order = office.order_as(customer, show, 2_200, PaymentMethod::Wallet).await.unwrap();
    assert_eq!(office.balance(account).await, 2_800);
    refund(&office.world, order.order_id).await;
    let refunds = office.refunds();
    office.comes_to(&order, &PAID_BACK).await;
    assert_eq!(office.balance(account).await, 5_000);

    let complete = CompleteRefund { payment: order.payment_id, reference: None };
    office.world.sequencer.execute(command(complete)).await.unwrap();

    assert_eq!(office.balance(account).await, 5_000, "paid back twice");
    assert_eq!(office.story(&order).await[2..], PAID_BACK);
    refunds.stop().await;
}

#[tokio::test]
async fn money_that_was_taken_by_hand_needs_no_provider_to_go_back() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_200, PaymentMethod::Manual).await;
    let approve = ApprovePayment { payment: order.payment_id };
    office.world.sequencer.execute(command(approve)).await.unwrap();
    refund(&office.world, order.order_id).await;

    let refunds = office.world.run_on::<Refunds>(office.money_by(None));

    office.comes_to(&order, &PAID_BACK).await;
    refunds.stop().await;
}

#[tokio::test]
async fn two_runners_pay_fifty_orders_back_once_each() {
    let office = Office::without_webhooks().await;
    let show = office.show_of(&[2_200, 2_094], 100).await;
    let charging = office.charging();
    let mut orders = Vec::new();
    for number in 0..50 {
        let price = [2_200, 2_094][number % 2];
        orders.push(office.order(show, price, PaymentMethod::Card).await.unwrap());
    }
    for order in &orders {
        office.comes_to(order, &PAID_BACK[..2]).await;
        refund(&office.world, order.order_id).await;
    }
    charging.stop().await;

    let runners = [office.refunds(), office.refunds()];

    let paid_back = orders.iter().map(|order| (order.clone(), PAID_BACK.to_vec()));
    office.all_come_to(&paid_back.collect::<Vec<_>>()).await;
    let moved = office.bank.moved().await;
    assert!(orders.iter().all(|order| moved[&order.payment_id] == (order.total, order.total)), "{moved:?}");
    for runner in runners {
        runner.stop().await;
    }
}

/// The provider says once more that it succeeded, whatever became of it since.
#[tokio::test]
async fn a_success_that_is_told_again_while_the_money_goes_back_changes_nothing() {
    let office = Office::without_webhooks().await;
    let order = to_be_refunded(&office, 2_200).await;
    let told = || {
        let outcome = Outcome::Succeeded { reference: Some("pi_1".into()) };
        command(SettlePayment { payment: order.payment_id, outcome })
    };
    office.world.sequencer.execute(told()).await.unwrap();
    let refunds = office.refunds();
    office.comes_to(&order, &PAID_BACK).await;
    office.world.sequencer.execute(told()).await.unwrap();
    office.comes_to(&order, &PAID_BACK).await;
    refunds.stop().await;
}
