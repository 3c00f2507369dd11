//! Programs that are killed or stand still in the wrong moment, and those who take over.

use std::{sync::Arc, thread};

use domain::PaymentMethod;
use event_store::Clock;
use processes::{Charging, Money, Process, RunnerStatus};
use tokio::{runtime, sync::watch};
use tokio_util::sync::CancellationToken;

use super::{
    gate::{Gate, Keeps, charged_unheard},
    office::{Office, pool},
};
use crate::support::{runner_options, until};

const CONFIRMED: [&str; 2] = ["PaymentSucceeded", "OrderConfirmed"];

#[tokio::test]
async fn whoever_dies_between_the_provider_s_answer_and_the_record_charges_once() {
    let office = Office::without_webhooks().await;
    let order = charged_unheard(&office).await;
    assert_eq!(office.story(&order).await, ["OrderPlaced", "PaymentRequested"]);

    let second = office.charging();

    office.comes_to(&order, &CONFIRMED).await;
    office.is_done(Charging::NAME).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 0));
    second.stop().await;
}

/// A program with a single thread: when that stands still, all of it does.
struct Apart {
    status: watch::Receiver<RunnerStatus>,
    cancel: CancellationToken,
    thread: thread::JoinHandle<()>,
}

impl Apart {
    fn charging(office: &Office, gate: &Arc<Gate>) -> Self {
        let (sender, status) = watch::channel(RunnerStatus::default());
        let cancel = CancellationToken::new();
        let (ends, gate, database) = (cancel.clone(), Arc::clone(gate), office.world.database.clone());
        let (sequencer, clock) =
            (office.world.sequencer.clone(), Arc::clone(&office.world.clock) as Arc<dyn Clock>);
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let pool = pool(&database);
                let money = Money { sequencer, pool, clock: Arc::clone(&clock), card: Some(gate as _) };
                let (_head, options) = runner_options(&database, clock, money);
                processes::run::<Charging>(options, sender, ends).await;
            });
        });
        Self { status, cancel, thread }
    }
}

#[tokio::test]
async fn whoever_stands_still_while_another_takes_over_changes_nothing_when_it_goes_on() {
    let office = Office::without_webhooks().await;
    let order = office.sold(2_200, PaymentMethod::Card).await;
    let gate = Gate::before(office.bank.client(), Keeps::Threads);
    let frozen = Apart::charging(&office, &gate);
    gate.is_reached(1).await;
    // As soon as the lease of the one that stands still has ended.
    let second = office.charging();
    office.comes_to(&order, &CONFIRMED).await;
    office.is_done(Charging::NAME).await;

    gate.open();

    until("it has found that another works", async || {
        matches!(*frozen.status.borrow(), RunnerStatus::StandingBy | RunnerStatus::Failing(_))
    })
    .await;
    office.comes_to(&order, &CONFIRMED).await;
    assert_eq!(office.moved(order.payment_id).await, (2_200, 0));
    frozen.cancel.cancel();
    tokio::task::spawn_blocking(|| frozen.thread.join().unwrap()).await.unwrap();
    second.stop().await;
}
