//! Money that comes when nobody waits for it any more: the charge is done, and its answer is kept back meanwhile.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{PaymentMethod, operations::ExpireHold};
use event_store::ExecuteError;
use processes::{Charging, Process};

use super::{
    gate::{Gate, Keeps},
    office::Office,
};
use crate::{
    shop::{HOLD, command},
    support::{Running, until},
};

const EXPIRED: [&str; 2] = ["OrderExpired", "PaymentCancelled"];
const CONFIRMED: [&str; 2] = ["PaymentSucceeded", "OrderConfirmed"];
const PAID_BACK: [&str; 3] = ["PaymentSucceeded", "PaymentRefundRequested", "PaymentRefunded"];

/// Charging, by a provider whose answers are kept back; the first of them has come there.
async fn charged(office: &Office) -> (Arc<Gate>, Running) {
    let gate = Gate::before(office.bank.client(), Keeps::Tasks);
    let money = office.money_by(Some(Arc::clone(&gate) as _));
    let charging = office.world.run_on::<Charging>(money);
    gate.is_reached(1).await;
    (gate, charging)
}

#[tokio::test]
async fn a_payment_that_is_cancelled_while_it_is_charged_is_paid_back() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let (gate, charging) = charged(&office).await;
    let refunds = office.refunds();

    office.cancel(order.order_id).await;
    gate.open();

    office.comes_to(&order, &[&["OrderCancelled", "PaymentCancelled"], &PAID_BACK[..]].concat()).await;
    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 2_200));
    charging.stop().await;
    refunds.stop().await;
}

#[tokio::test]
async fn a_charge_whose_answer_is_lost_is_looked_for_when_its_order_is_cancelled() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let (_, charging) = charged(&office).await;
    charging.kill().await;
    office.bury().await;
    office.cancel(order.order_id).await;

    let (charging, refunds) = (office.charging(), office.refunds());

    office.comes_to(&order, &[&["OrderCancelled", "PaymentCancelled"], &PAID_BACK[..]].concat()).await;
    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 2_200));
    charging.stop().await;
    refunds.stop().await;
}

/// No time passes while it is called off.
#[tokio::test]
async fn a_question_that_is_being_asked_does_not_put_off_what_is_asked_for_meanwhile() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_092, PaymentMethod::Card).await;
    let charging = office.charging();
    until("it waits for the customer", async || {
        office.world.caught_up(Charging::NAME).await;
        office.world.steps(Charging::NAME).await.iter().all(|step| step.step != "charge")
    })
    .await;
    charging.stop().await;
    office.world.clock.advance(TimeDelta::seconds(61));
    let (gate, charging) = charged(&office).await;

    office.cancel(order.order_id).await;
    office.world.caught_up(Charging::NAME).await;
    gate.open();

    until("it is called off", async || office.world.steps(Charging::NAME).await.is_empty()).await;
    charging.stop().await;
}

/// The hold has ended, and its expiry is merely due: what comes of the payment does not depend on who is quicker.
#[tokio::test]
async fn a_payment_that_comes_when_its_hold_has_ended_ends_the_hold_first() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let (gate, charging) = charged(&office).await;

    office.world.clock.advance(HOLD);
    gate.open();

    office.comes_to(&order, &[EXPIRED, CONFIRMED].concat()).await;
    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 0));
    charging.stop().await;
}

#[tokio::test]
async fn a_late_payment_takes_the_seats_again_and_nobody_else_gets_them() {
    let office = Office::without_webhooks().await;
    let show = office.show_of(&[2_200], 1).await;
    let order = office.order(show, 2_200, PaymentMethod::Card).await.unwrap();
    let (gate, charging) = charged(&office).await;
    office.world.clock.advance(HOLD);
    let expire = ExpireHold { order: order.order_id };
    office.world.sequencer.execute(command(expire)).await.unwrap();

    gate.open();

    office.comes_to(&order, &[EXPIRED, CONFIRMED].concat()).await;
    let another = office.order(show, 2_200, PaymentMethod::Manual).await;
    assert!(matches!(another, Err(ExecuteError::Refused(_))), "the seat has two owners: {another:?}");
    charging.stop().await;
}

#[tokio::test]
async fn a_late_payment_whose_seats_are_gone_is_paid_back() {
    let office = Office::without_webhooks().await;
    let show = office.show_of(&[2_200], 1).await;
    let order = office.order(show, 2_200, PaymentMethod::Card).await.unwrap();
    let (gate, charging) = charged(&office).await;
    let refunds = office.refunds();
    office.world.clock.advance(HOLD);
    let expire = ExpireHold { order: order.order_id };
    office.world.sequencer.execute(command(expire)).await.unwrap();
    office.order(show, 2_200, PaymentMethod::Manual).await.unwrap();

    gate.open();

    office.comes_to(&order, &[&EXPIRED[..], &PAID_BACK].concat()).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 2_200));
    charging.stop().await;
    refunds.stop().await;
}
