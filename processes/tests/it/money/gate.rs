//! A provider whose answers are kept back: what it was asked for is done, and nobody has heard of it yet.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use domain::{PaymentMethod, operations::OrderSummary};
use futures::FutureExt;
use processes::Charging;
use providers::{Answer, Charge, ChargeState, Provider, Refund, RefundState, stripe::Stripe};
use tokio::sync::watch;

use super::office::Office;

/// What waits at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// Whoever waits for the answer.
    Tasks,
    /// Whole threads, and whatever runs on them: as if the program had been stopped.
    Threads,
}

pub(crate) struct Gate {
    provider: Stripe,
    keeps: Keeps,
    /// Answers that came to it.
    came: watch::Sender<usize>,
    open: watch::Sender<bool>,
    thawed: (Mutex<bool>, Condvar),
}

impl Gate {
    pub(crate) fn before(provider: Stripe, keeps: Keeps) -> Arc<Self> {
        let thawed = (Mutex::new(false), Condvar::new());
        let (came, open) = (watch::Sender::new(0), watch::Sender::new(false));
        Arc::new(Self { provider, keeps, came, open, thawed })
    }

    /// Waits until so many answers have come to it.
    pub(crate) async fn is_reached(&self, answers: usize) {
        let mut came = self.came.subscribe();
        let reached = came.wait_for(|came| *came >= answers);
        tokio::time::timeout(crate::support::PATIENCE, reached).await.expect("an answer").unwrap();
    }

    /// Lets those through that wait, and all to come.
    pub(crate) fn open(&self) {
        self.open.send_replace(true);
        *self.thawed.0.lock().unwrap() = true;
        self.thawed.1.notify_all();
    }

    async fn pass(&self) {
        self.came.send_modify(|came| *came += 1);
        match self.keeps {
            Keeps::Tasks => {
                let _ = self.open.subscribe().wait_for(|open| *open).await;
            }
            Keeps::Threads => {
                let waiting = self.thawed.0.lock().unwrap_or_else(PoisonError::into_inner);
                let _thawed = self.thawed.1.wait_while(waiting, |thawed| !*thawed).unwrap();
            }
        }
    }
}

impl Provider for Gate {
    fn charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, ChargeState> {
        async move {
            let answer = self.provider.charge(charge).await;
            self.pass().await;
            answer
        }
        .boxed()
    }

    fn find<'a>(&'a self, charge: &'a Charge, reference: Option<&'a str>) -> Answer<'a, Option<ChargeState>> {
        async move {
            let answer = self.provider.find(charge, reference).await;
            self.pass().await;
            answer
        }
        .boxed()
    }

    fn cancel<'a>(
        &'a self,
        charge: &'a Charge,
        reference: Option<&'a str>,
    ) -> Answer<'a, Option<ChargeState>> {
        self.provider.cancel(charge, reference)
    }

    fn refund<'a>(&'a self, refund: &'a Refund) -> Answer<'a, RefundState> {
        async move {
            let answer = self.provider.refund(refund).await;
            self.pass().await;
            answer
        }
        .boxed()
    }
}

/// An order whose charge the provider has approved; whoever asked for it was killed before it heard of that.
pub(crate) async fn charged_unheard(office: &Office) -> OrderSummary {
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let gate = Gate::before(office.bank.client(), Keeps::Tasks);
    let first = office.world.run_on::<Charging>(office.money_by(Some(Arc::clone(&gate) as _)));
    gate.is_reached(1).await;
    first.kill().await;
    office.bury().await;
    order
}
