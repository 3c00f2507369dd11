//! Cards are charged: asked for once the order is placed, asked about until somebody knows, called off when nobody
//! wants them any more.
//!
//! `PaymentRequested` is the intent, recorded before anybody is called. The charge's key follows from the payment, so
//! that a repeated request is the same charge. An answer that does not come leaves the payment pending: this process
//! asks again, the provider tells by itself, and whichever comes first settles it.

use chrono::TimeDelta;
use domain::{Category, DomainEvent, PaymentEvent, PaymentId, PaymentMethod, PaymentStatus};
use event_store::RecordedEvent;
use faultpoint::{Sabotage, sabotaged};
use providers::{ChargeState, Provider, ProviderError};

use crate::{
    money::{Known, Money},
    process::{Performed, Process, Reaction, Step},
};

const CHARGE: &str = "charge";
const ASK: &str = "ask";

/// A payment that is pending for so long is asked about.
const ASK_AFTER: TimeDelta = TimeDelta::seconds(60);
/// A charge that is not wanted any more, and may still be on its way, is asked about sooner.
const CALL_OFF_AFTER: TimeDelta = TimeDelta::seconds(5);
/// The longest pause between two questions.
const ASK_AT_LEAST: TimeDelta = TimeDelta::hours(1);
/// Providers forget keys after a day: what is older is not repeated, but looked for. The key was first used after the charge
/// was asked for, so that four hours are left for clocks that differ. No failure makes another key right: unlike refunds,
/// providers charge as often as they are asked.
const REPEATABLE: TimeDelta = TimeDelta::hours(20);
/// A charge that the provider has not heard of so long after will not come any more.
const GIVEN_UP: TimeDelta = TimeDelta::hours(26);

/// The process that charges cards.
#[derive(Debug, Clone, Copy)]
pub struct Charging;

impl Process for Charging {
    const NAME: &'static str = "charging";

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
            PaymentEvent::PaymentRequested(request)
                if request.method == PaymentMethod::Card && request.amount > 0 =>
            {
                let at = record.recorded_at;
                vec![
                    Reaction::Schedule { target, step: CHARGE, due_at: at },
                    Reaction::Schedule { target, step: ASK, due_at: at + ASK_AFTER },
                ]
            }
            PaymentEvent::PaymentSucceeded { .. } => {
                vec![Reaction::Drop { target, step: CHARGE }, Reaction::Drop { target, step: ASK }]
            }
            PaymentEvent::PaymentFailed { .. } | PaymentEvent::PaymentCancelled {}
                if sabotaged(Sabotage::LeaveChargesAlone) =>
            {
                vec![Reaction::Drop { target, step: CHARGE }, Reaction::Drop { target, step: ASK }]
            }
            // Asking goes on: the provider may have been quicker, and must be told otherwise.
            PaymentEvent::PaymentFailed { .. } | PaymentEvent::PaymentCancelled {} => {
                let due_at = record.recorded_at;
                vec![Reaction::Drop { target, step: CHARGE }, Reaction::Hasten { target, step: ASK, due_at }]
            }
            PaymentEvent::PaymentRequested(_)
            | PaymentEvent::PaymentRefundRequested { .. }
            | PaymentEvent::PaymentRefunded { .. } => vec![],
        }
    }

    async fn perform(money: &Money, step: &Step) -> Performed {
        let payment = PaymentId::from(step.target);
        let known = match money.payment(payment).await {
            Ok(known) => known,
            Err(trouble) => return trouble.into(),
        };
        let Some(provider) = money.provider(known.request.method) else {
            return Performed::Failed("nobody here takes cards".to_owned());
        };
        let trying = Trying { money, step, payment, known, provider: &*provider };
        let tried = if step.step == CHARGE { trying.charge().await } else { trying.ask().await };
        tried.unwrap_or_else(|performed| performed)
    }
}

/// One try at one step.
struct Trying<'a> {
    money: &'a Money,
    step: &'a Step,
    payment: PaymentId,
    known: Known,
    provider: &'a dyn Provider,
}

/// Both ways tell how it ended; errors end it early.
type Ended = Result<Performed, Performed>;

impl Trying<'_> {
    async fn charge(&self) -> Ended {
        if self.known.state.status() != Some(PaymentStatus::Pending) {
            return Ok(Performed::Done);
        }
        if self.age() > REPEATABLE {
            // Only asking, from here on.
            return Ok(Performed::Done);
        }
        Ok(self.request().await?.unwrap_or(Performed::Done))
    }

    async fn ask(&self) -> Ended {
        let reference = self.money.reference(&self.known).await.map_err(|_| Performed::Unavailable)?;
        let (charge, reference) = (&self.known.charge, reference.as_deref());
        match self.known.state.status() {
            None | Some(PaymentStatus::Succeeded | PaymentStatus::Refunded) => Ok(Performed::Done),
            // Its answer was lost: the same request is answered alike, and says how the provider calls the charge.
            Some(PaymentStatus::Pending) if reference.is_none() && self.age() <= REPEATABLE => {
                Ok(self.request().await?.unwrap_or_else(|| self.later()))
            }
            Some(PaymentStatus::Pending) => {
                let Some(state) = self.provider.find(charge, reference).await? else {
                    return Ok(self.later());
                };
                let declined = matches!(state, ChargeState::Failed { .. });
                match self.settle(state).await? {
                    // The customer could try another card on it until it is called off, which comes next.
                    Some(Performed::Done) if declined => Ok(Performed::NotBefore(self.money.clock.now())),
                    settled => Ok(settled.unwrap_or_else(|| self.later())),
                }
            }
            Some(PaymentStatus::Failed | PaymentStatus::Cancelled) => {
                match self.provider.cancel(charge, reference).await? {
                    Some(ChargeState::Failed { .. }) => Ok(Performed::Done),
                    Some(state @ ChargeState::Succeeded { .. }) => {
                        Ok(self.settle(state).await?.unwrap_or_else(|| self.later()))
                    }
                    None if self.age() > GIVEN_UP => Ok(Performed::Done),
                    Some(ChargeState::Pending { .. }) | None => Ok(self.later()),
                }
            }
        }
    }

    /// Asks for the money, for the first time or once more under the same key. `None`: nobody knows yet.
    async fn request(&self) -> Result<Option<Performed>, Performed> {
        match self.provider.charge(&self.known.charge).await {
            Ok(state) => self.settle(state).await,
            Err(ProviderError::Refused(reason)) => Ok(Some(self.failed(reason).await)),
            Err(ProviderError::Unavailable { reason, .. }) if sabotaged(Sabotage::SilenceIsFailure) => {
                Ok(Some(self.failed(reason).await))
            }
            Err(error @ (ProviderError::Unavailable { .. } | ProviderError::Unreadable(_))) => {
                Err(error.into())
            }
        }
    }

    async fn settle(&self, state: ChargeState) -> Result<Option<Performed>, Performed> {
        self.money.note(self.payment, &state).await.map_err(|_| Performed::Unavailable)?;
        Ok(self.money.settle((Charging::NAME, self.step), self.payment, state).await)
    }

    /// The provider will never take it: as good as declined.
    async fn failed(&self, reason: String) -> Performed {
        let reference = self.payment.to_string();
        let state = ChargeState::Failed { reference, reason };
        let settled = self.money.settle((Charging::NAME, self.step), self.payment, state).await;
        settled.unwrap_or(Performed::Done)
    }

    /// The longer it has been so, the longer the pause.
    fn later(&self) -> Performed {
        let shortest = match self.known.state.status() {
            None | Some(PaymentStatus::Pending | PaymentStatus::Succeeded | PaymentStatus::Refunded) => {
                ASK_AFTER
            }
            Some(PaymentStatus::Failed | PaymentStatus::Cancelled) => CALL_OFF_AFTER,
        };
        let now = self.money.clock.now();
        let pause = ((now - self.known.changed_at) / 4).clamp(shortest, ASK_AT_LEAST);
        Performed::NotBefore(now + pause)
    }

    fn age(&self) -> TimeDelta {
        self.money.clock.now() - self.known.charge.requested_at
    }
}
