//! Charges are asked for, called off and paid back under the provider's own names, however long its lists are.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use domain::{PaymentMethod, UserId, operations::OrderSummary};
use event_store::{Clock, new_id};
use processes::{Charging, Money, Process, Refunds};
use provider_sim::{Options, Simulator};
use providers::{
    Answer, Charge, ChargeState, Provider, Refund, RefundState,
    signature::Secrets,
    stripe::{self, Stripe},
};
use sqlx::PgPool;
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    shop::{order_by, refund, show_of},
    support::{World, until},
};

const KEY: &str = "sk_test_of_these_tests";

/// The provider, and by which names it was spoken to of charges that it knows.
struct Named {
    stripe: Stripe,
    names: Mutex<Vec<Option<String>>>,
    _directory: TempDir,
    _cancel: DropGuard,
}

impl Named {
    async fn open() -> Arc<Self> {
        let (directory, cancel) = (tempfile::tempdir().unwrap(), CancellationToken::new());
        let options = Options {
            listen: ([127, 0, 0, 1], 0).into(),
            books: directory.path().join("books.jsonl"),
            secret_key: KEY.to_owned(),
            webhook_url: None,
            webhook_secret: Secrets::stripe("whsec_of_these_tests").unwrap(),
            clock: Arc::new(|| event_store::SystemClock.now()),
        };
        let simulator = Simulator::open(options).await.unwrap();
        let base = format!("http://{}", simulator.address().unwrap());
        tokio::spawn(simulator.run(cancel.clone()));
        let method = Some("pm_card_visa".to_owned());
        let options = stripe::Options { base, secret_key: KEY.to_owned(), payment_method: method };
        let (stripe, names) = (Stripe::new(options).unwrap(), Mutex::default());
        Arc::new(Self { stripe, names, _directory: directory, _cancel: cancel.drop_guard() })
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

fn money(world: &World, provider: &Arc<Named>) -> Money {
    Money {
        sequencer: world.sequencer.clone(),
        pool: PgPool::connect_lazy_with(world.database.clone()),
        clock: Arc::clone(&world.clock) as _,
        card: Some(Arc::clone(provider) as _),
    }
}

/// So many places, to be paid by card. A place costs 10.70.
async fn by_card(world: &World, places: u32) -> OrderSummary {
    let show = show_of(world, 20).await;
    order_by(world, PaymentMethod::Card, show, places, UserId::from(new_id())).await.unwrap().answer
}

/// How the provider calls the one charge that it has.
async fn only_charge(world: &World, provider: &Named) -> String {
    let now = world.clock.now();
    let booked = provider.stripe.books(now - TimeDelta::days(1), now + TimeDelta::days(1)).await.unwrap();
    assert_eq!(booked.len(), 1);
    booked[0].reference.clone()
}

#[tokio::test]
async fn what_was_paid_is_paid_back_by_its_name() {
    let (world, provider) = (World::new().await, Named::open().await);
    let order = by_card(&world, 1).await;
    let charging = world.run_on::<Charging>(money(&world, &provider));
    until("it is paid", async || world.count("PaymentSucceeded").await == 1).await;
    charging.stop().await;
    refund(&world, order.order_id).await;
    let refunds = world.run_on::<Refunds>(money(&world, &provider));
    until("it is paid back", async || world.count("PaymentRefunded").await == 1).await;
    refunds.stop().await;
    assert_eq!(provider.names(), [Some(only_charge(&world, &provider).await)]);
}

#[tokio::test]
async fn what_was_declined_is_called_off_by_its_name() {
    let (world, provider) = (World::new().await, Named::open().await);
    by_card(&world, 4).await;
    let charging = world.run_on::<Charging>(money(&world, &provider));
    until("it is declined", async || world.count("PaymentFailed").await == 1).await;
    until("it is called off", async || world.steps(Charging::NAME).await.is_empty()).await;
    charging.stop().await;
    let names = provider.names();
    assert!(!names.is_empty() && names.iter().all(Option::is_some), "{names:?}");
}
