//! Charges are called off and paid back under the provider's own names, however long its lists are.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use domain::PaymentMethod;
use event_store::Clock;
use processes::{Charging, Process, Refunds};
use providers::{Answer, Charge, ChargeState, Provider, Refund, RefundState, stripe::Stripe};

use super::office::Office;
use crate::{shop::refund, support::until};

/// The provider, and by which names it was spoken to of charges that it knows.
struct Named {
    stripe: Stripe,
    names: Mutex<Vec<Option<String>>>,
}

impl Named {
    fn before(stripe: Stripe) -> Arc<Self> {
        Arc::new(Self { stripe, names: Mutex::default() })
    }

    fn called(&self, name: Option<&str>) {
        self.names.lock().unwrap().push(name.map(str::to_owned));
    }

    fn names(&self) -> Vec<Option<String>> {
        self.names.lock().unwrap().clone()
    }
}

impl Provider for Named {
    fn charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, ChargeState> {
        self.stripe.charge(charge)
    }

    fn find<'a>(&'a self, charge: &'a Charge, reference: Option<&'a str>) -> Answer<'a, Option<ChargeState>> {
        self.called(reference);
        self.stripe.find(charge, reference)
    }

    fn cancel<'a>(
        &'a self,
        charge: &'a Charge,
        reference: Option<&'a str>,
    ) -> Answer<'a, Option<ChargeState>> {
        self.called(reference);
        self.stripe.cancel(charge, reference)
    }

    fn refund<'a>(&'a self, refund: &'a Refund) -> Answer<'a, RefundState> {
        self.called(refund.reference.as_deref());
        self.stripe.refund(refund)
    }
}

/// How the provider calls the one charge that it has.
async fn only_charge(office: &Office) -> String {
    let now = office.world.clock.now();
    let day = TimeDelta::days(1);
    let booked = office.bank.client().books(now - day, now + day).await.unwrap();
    assert_eq!(booked.len(), 1);
    booked[0].reference.clone()
}

#[tokio::test]
async fn what_was_paid_is_paid_back_by_its_name() {
    let office = Office::without_webhooks().await;
    let named = Named::before(office.bank.client());
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let charging = office.world.run_on::<Charging>(office.money_by(Some(Arc::clone(&named) as _)));
    until("it is paid", async || office.world.count("PaymentSucceeded").await == 1).await;
    charging.stop().await;
    refund(&office.world, order.order_id).await;
    let refunds = office.world.run_on::<Refunds>(office.money_by(Some(Arc::clone(&named) as _)));
    until("it is paid back", async || office.world.count("PaymentRefunded").await == 1).await;
    refunds.stop().await;
    assert_eq!(named.names(), [Some(only_charge(&office).await)]);
}

#[tokio::test]
async fn what_was_declined_is_called_off_by_its_name() {
    let office = Office::without_webhooks().await;
    let named = Named::before(office.bank.client());
    office.sold(2_080, PaymentMethod::Card).await;
    let charging = office.world.run_on::<Charging>(office.money_by(Some(Arc::clone(&named) as _)));
    until("it is declined", async || office.world.count("PaymentFailed").await == 1).await;
    until("it is called off", async || office.world.steps(Charging::NAME).await.is_empty()).await;
    charging.stop().await;
    let called = named.names();
    assert!(!called.is_empty() && called.iter().all(Option::is_some), "{called:?}");
}
