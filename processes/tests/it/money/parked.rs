//! What fails for good is parked with its reason, others go on, and what operators do about it is written down.

use chrono::TimeDelta;
use domain::{
    PaymentMethod,
    operations::{OrderSummary, Outcome, SettlePayment},
};
use processes::{Chosen, Intervention, ParkedStep, Process, Refunds, intervene, parked};
use uuid::Uuid;

use super::office::Office;
use crate::{
    shop::{command, refund},
    support::until,
};

const PAID_BACK: [&str; 5] =
    ["PaymentSucceeded", "OrderConfirmed", "PaymentRefundRequested", "PaymentRefunded", "OrderRefunded"];
const REASON: &str = "nobody here takes cards";

/// A card that somebody took before; nobody here can pay it back.
async fn to_be_refunded(office: &Office) -> OrderSummary {
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let outcome = Outcome::Succeeded { reference: Some("pi_1".into()) };
    let settle = SettlePayment { payment: order.payment_id, outcome };
    office.world.sequencer.execute(command(settle)).await.unwrap();
    refund(&office.world, order.order_id).await;
    order
}

async fn are_parked(office: &Office) -> Vec<ParkedStep> {
    parked(&mut office.world.connect().await, Some(Refunds::NAME)).await.unwrap()
}

/// Time passes until so many steps are parked.
async fn until_parked(office: &Office, steps: usize) {
    until("it is given up", async || {
        office.world.clock.advance(TimeDelta::seconds(30));
        are_parked(office).await.len() == steps
    })
    .await;
}

#[tokio::test]
async fn a_refund_that_nobody_can_pay_is_parked_with_its_reason_and_others_are_paid() {
    let office = Office::without_webhooks().await;
    let stuck = to_be_refunded(&office).await;
    let refunds = office.world.run_on::<Refunds>(office.money_by(None));
    until_parked(&office, 1).await;

    let step = are_parked(&office).await.remove(0);
    assert_eq!((step.target, step.reason.as_str()), (stuck.payment_id.uuid(), REASON));
    assert_eq!(step.attempts, 12);
    assert_eq!(office.story(&stuck).await[2..], PAID_BACK[..3], "it is still owed");
    let (customer, account) = office.with_funds(5_000).await;
    let show = office.show_of(&[2_200], 5).await;
    let other = office.order_as(customer, show, 2_200, PaymentMethod::Wallet).await.unwrap();
    refund(&office.world, other.order_id).await;
    office.comes_to(&other, &PAID_BACK).await;
    assert_eq!(office.balance(account).await, 5_000);
    refunds.stop().await;
}

/// What `process_interventions` says: what was done to which step, why it was parked, what the operator said, and by
/// which role.
type Written = (String, Uuid, String, String, String, String);

#[tokio::test]
async fn an_operator_has_one_tried_again_and_gives_another_up_and_both_are_written_down() {
    let office = Office::without_webhooks().await;
    let (again, never) = (office.sold(2_200, PaymentMethod::Card).await, to_be_refunded(&office).await);
    let charging = office.charging();
    office.comes_to(&again, &PAID_BACK[..2]).await;
    charging.stop().await;
    refund(&office.world, again.order_id).await;
    let refunds = office.world.run_on::<Refunds>(office.money_by(None));
    until_parked(&office, 2).await;
    refunds.stop().await;

    let mut connection = office.world.connect().await;
    let of = |order: &OrderSummary| Chosen { process: Refunds::NAME, target: Some(order.payment_id.uuid()) };
    let skip = intervene(&mut connection, of(&never), Intervention::Skip, "paid back in cash");
    assert_eq!(skip.await.unwrap(), 1);
    let retry = intervene(&mut connection, of(&again), Intervention::Retry, "the provider is set now");
    assert_eq!(retry.await.unwrap(), 1);
    let nothing = intervene(&mut connection, of(&never), Intervention::Retry, "by mistake");
    assert_eq!(nothing.await.unwrap(), 0);
    let refunds = office.refunds();

    office.comes_to(&again, &PAID_BACK).await;
    office.is_done(Refunds::NAME).await;
    assert_eq!(office.story(&never).await[2..], PAID_BACK[..3], "it was given up");
    let written = "select action, target, step, reason, why, by_role from process_interventions order by at";
    let written: Vec<Written> = sqlx::query_as(written).fetch_all(&office.pool).await.unwrap();
    let role: String = sqlx::query_scalar("select session_user").fetch_one(&office.pool).await.unwrap();
    let line = |action: &str, order: &OrderSummary, why: &str| {
        let texts = ["refund", REASON, why].map(str::to_owned);
        let [step, reason, why] = texts;
        (action.to_owned(), order.payment_id.uuid(), step, reason, why, role.clone())
    };
    let expected =
        [line("skip", &never, "paid back in cash"), line("retry", &again, "the provider is set now")];
    assert_eq!(written, expected);
    refunds.stop().await;
}
