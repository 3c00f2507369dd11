//! A show that does not take place: all of its orders are settled, whoever dies meanwhile.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    PaymentMethod, ShowId, UserId,
    operations::{ApprovePayment, OrderSummary},
};
use event_store::Clock;
use futures::future::join_all;
use processes::{Cancellations, Charging, Process, Refunds, Unwinding};

use super::office::Office;
use crate::{
    shop::command,
    support::{Hands, Running, until},
};

/// Orders of each kind; there are five.
const EACH: usize = 60;
/// What one command settles.
const AT_ONCE: usize = 100;

/// A second ahead of everybody else: whatever is put off to "now" waits until the test lets that second pass.
struct Ahead(Arc<Hands>);

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        self.0.now() + TimeDelta::seconds(1)
    }
}

fn unwinding(office: &Office) -> Running {
    let clock = Arc::new(Ahead(Arc::clone(&office.world.clock)));
    office.world.run_on::<Cancellations>(Unwinding { sequencer: office.world.sequencer.clone(), clock })
}

async fn placed(
    office: &Office,
    (show, price): (ShowId, i64),
    customer: UserId,
    method: PaymentMethod,
) -> Vec<OrderSummary> {
    let place = |_| office.order_as(customer, show, price, method);
    join_all((0..EACH).map(place)).await.into_iter().map(Result::unwrap).collect()
}

/// How many orders were given up or are to be paid back.
async fn settled(office: &Office) -> usize {
    office.world.count("OrderCancelled").await + office.world.count("PaymentRefundRequested").await
}

#[tokio::test]
async fn three_hundred_orders_of_a_cancelled_show_are_settled_across_two_kills() {
    let office = Office::without_webhooks().await;
    let prices = [2_200, 2_092];
    let show = office.show_of(&prices, 400).await;
    let (customer, account) = office.with_funds(200_000).await;
    let (paid, pending) = ((show, prices[0]), (show, prices[1]));
    let unpaid = placed(&office, paid, customer, PaymentMethod::Manual).await;
    let by_hand = placed(&office, paid, customer, PaymentMethod::Manual).await;
    for order in &by_hand {
        let approve = ApprovePayment { payment: order.payment_id };
        office.world.sequencer.execute(command(approve)).await.unwrap();
    }
    let wallet = placed(&office, paid, customer, PaymentMethod::Wallet).await;
    let card = placed(&office, paid, customer, PaymentMethod::Card).await;
    let at_the_bank = placed(&office, pending, customer, PaymentMethod::Card).await;
    let (charging, refunds) = (office.charging(), office.refunds());
    let confirmed = vec!["PaymentSucceeded", "OrderConfirmed"];
    office.all_come_to(&each(&card, &confirmed)).await;
    until("the others are at the bank", async || {
        office.world.steps(Charging::NAME).await.iter().all(|step| step.step != "charge")
    })
    .await;

    office.call_off(show).await;
    for killed in 1..=2 {
        let unwinds = unwinding(&office);
        until("some are settled", async || settled(&office).await >= killed * AT_ONCE).await;
        unwinds.kill().await;
        office.bury().await;
        assert_eq!(settled(&office).await, killed * AT_ONCE, "it was killed in the middle");
        office.world.clock.advance(TimeDelta::seconds(1));
    }
    let unwinds = unwinding(&office);

    let given_up = vec!["OrderCancelled", "PaymentCancelled"];
    let goes_back = ["PaymentRefundRequested", "PaymentRefunded", "OrderRefunded"];
    let paid_back = [&confirmed[..], &goes_back].concat();
    for (orders, story) in [
        (&unpaid, &given_up),
        (&by_hand, &paid_back),
        (&wallet, &paid_back),
        (&card, &paid_back),
        (&at_the_bank, &given_up),
    ] {
        office.all_come_to(&each(orders, story)).await;
    }
    for process in [Cancellations::NAME, Charging::NAME, Refunds::NAME] {
        office.is_done(process).await;
    }
    assert_eq!(office.balance(account).await, 200_000);
    let moved = office.bank.moved().await;
    assert_eq!(moved.len(), EACH, "nothing was taken for what was pending");
    assert!(card.iter().all(|order| moved[&order.payment_id] == (order.total, order.total)), "{moved:?}");
    for runner in [unwinds, charging, refunds] {
        runner.stop().await;
    }
}

fn each<'a>(orders: &[OrderSummary], story: &[&'a str]) -> Vec<(OrderSummary, Vec<&'a str>)> {
    orders.iter().map(|order| (order.clone(), story.to_vec())).collect()
}
