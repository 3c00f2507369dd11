//! What is to be paid back is paid back: into the account it came from, or by the provider who took it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Category, DomainEvent, PaymentEvent, PaymentId, PaymentMethod, operations::CompleteRefund};
use event_store::{Command, RecordedEvent};
use providers::{Refund, RefundState};

use crate::{
    money::{Known, Money, performed},
    process::{Performed, Process, Reaction, Step, command_context},
    steps,
};

/// Where a refund waits that is not paid out yet; whoever shows it as being retried looks here.
pub const REFUND: &str = "refund";

/// The shortest and the longest pause before a refund is asked about that the bank has yet to see to.
const PAUSES: [TimeDelta; 2] = [TimeDelta::seconds(5), TimeDelta::hours(1)];

/// The process that pays back.
#[derive(Debug, Clone, Copy)]
pub struct Refunds;

impl Process for Refunds {
    const NAME: &'static str = "refunds";

    type Context = Money;

    fn concerns(category: Category) -> bool {
        match category {
            Category::Payment => true,
            Category::Show | Category::Inventory | Category::Order | Category::Ticket | Category::Account => {
                false
            }
        }
    }

    fn react(event: &DomainEvent, record: &RecordedEvent) -> Vec<Reaction> {
        let DomainEvent::Payment(payment, event) = event else { return vec![] };
        let target = payment.uuid();
        match event {
            PaymentEvent::PaymentRefundRequested { .. } => {
                vec![Reaction::Schedule { target, step: REFUND, due_at: record.recorded_at }]
            }
            PaymentEvent::PaymentRefunded { .. } => vec![Reaction::Drop { target, step: REFUND }],
            PaymentEvent::PaymentRequested(_)
            | PaymentEvent::PaymentSucceeded { .. }
            | PaymentEvent::PaymentFailed { .. }
            | PaymentEvent::PaymentCancelled {} => vec![],
        }
    }

    async fn perform(money: &Money, step: &Step) -> Performed {
        let payment = PaymentId::from(step.target);
        let known = match money.payment(payment).await {
            Ok(known) => known,
            Err(trouble) => return trouble.into(),
        };
        if !known.state.is_being_refunded() {
            return Performed::Done;
        }
        match pay_out(money, &known, steps::is_last_try(step)).await {
            Ok(reference) => {
                let operation = CompleteRefund { payment, reference };
                let command = Command { operation, context: command_context(Self::NAME, step) };
                performed(money.sequencer.execute(command).await.map(|_| ()))
            }
            Err(not_yet) => not_yet,
        }
    }
}

/// How whoever paid it back calls that. A wallet is credited together with recording it.
async fn pay_out(money: &Money, known: &Known, last_try: bool) -> Result<Option<String>, Performed> {
    let charge = known.charge.clone();
    match known.request.method {
        PaymentMethod::Manual | PaymentMethod::Wallet => return Ok(None),
        PaymentMethod::Card if charge.amount == 0 => return Ok(None),
        PaymentMethod::Card => {}
    }
    let Some(provider) = money.provider(known.request.method) else {
        return Err(Performed::Failed("nobody here takes cards".to_owned()));
    };
    let reference = money.reference(known).await.map_err(|_| Performed::Unavailable)?;
    match provider.refund(&Refund { charge, reference, last_try }).await? {
        RefundState::Succeeded { reference } => Ok(Some(reference)),
        RefundState::Pending => Err(Performed::InHand(later(known, money.clock.now()))),
        RefundState::Failed { reason } => Err(Performed::Failed(reason)),
    }
}

/// The longer ago it was asked for, the longer the pause.
fn later(known: &Known, now: DateTime<Utc>) -> DateTime<Utc> {
    let [shortest, longest] = PAUSES;
    now + ((now - known.changed_at) / 4).clamp(shortest, longest)
}
