//! A box office that takes money: shows with a price for every fate, buyers, and who moves their money.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use command_api::{App, Payments};
use domain::{
    Account, AccountId, Aggregate, Currency, OrderId, OrderItem, PaymentId, PaymentMethod, Seating,
    SectionDraft, ShowDraft, ShowId, UserId, Wanted,
    operations::{
        Actor, CancelOrder, CancelShow, DepositFunds, OpenAccount, OrderSummary, PlaceOrder, PublishShow,
        ScheduleShow,
    },
};
use event_store::{Clock, ExecuteError, RecordedEvent, new_id};
use faultpoint::control::patience;
use identity::Identity;
use processes::{Charging, Money, Refunds};
use providers::{Charge, Provider, signature::Secrets};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::bank::{Bank, WEBHOOK_SECRET};
use crate::{
    shop::{HOLD, command},
    support::{PATIENCE, Running, World},
};

/// Seats of each price.
pub(crate) const SEATS: u32 = 400;

pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) bank: Bank,
    pub(crate) pool: PgPool,
    organizer: UserId,
    _webhooks: Option<DropGuard>,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let world = World::new().await;
        let pool = pool(&world.database);
        let listener = edge::bind(([127, 0, 0, 1], 0).into(), "none").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cancel = CancellationToken::new();
        let app = command_api::service(app(&world, &pool));
        tokio::spawn(edge::serve(listener, app, edge::Bounds::default(), cancel.clone()));
        let bank = Bank::open(Arc::clone(&world.clock), Some(address)).await;
        Self { world, bank, pool, organizer: new_id().into(), _webhooks: Some(cancel.drop_guard()) }
    }

    /// One whose provider tells nothing by itself.
    pub(crate) async fn without_webhooks() -> Self {
        let world = World::new().await;
        let (pool, bank) = (pool(&world.database), Bank::open(Arc::clone(&world.clock), None).await);
        Self { world, bank, pool, organizer: new_id().into(), _webhooks: None }
    }

    pub(crate) fn charging(&self) -> Running {
        self.world.run_on::<Charging>(self.money(self.bank.client()))
    }

    pub(crate) fn refunds(&self) -> Running {
        self.world.run_on::<Refunds>(self.money(self.bank.client()))
    }

    pub(crate) fn money(&self, provider: impl Provider + 'static) -> Money {
        self.money_by(Some(Arc::new(provider)))
    }

    pub(crate) fn money_by(&self, card: Option<Arc<dyn Provider>>) -> Money {
        let (sequencer, clock) = (self.world.sequencer.clone(), Arc::clone(&self.world.clock) as _);
        Money { sequencer, pool: self.pool.clone(), clock, card }
    }

    /// A show with so many seats of each price.
    pub(crate) async fn show_of(&self, prices: &[i64], capacity: u32) -> ShowId {
        let show = ShowId::from(new_id());
        let draft = draft(self.world.clock.now(), prices, capacity);
        let organizer = self.organizer;
        self.world.sequencer.execute(command(ScheduleShow { show, organizer, draft })).await.unwrap();
        self.world.sequencer.execute(command(PublishShow { show, organizer })).await.unwrap();
        show
    }

    pub(crate) async fn call_off(&self, show: ShowId) {
        let cancel = CancelShow { show, organizer: self.organizer };
        self.world.sequencer.execute(command(cancel)).await.unwrap();
    }

    /// Somebody orders one seat at that price, at a show of its own, and is to pay so.
    pub(crate) async fn sold(&self, price: i64, method: PaymentMethod) -> OrderSummary {
        let show = self.show_of(&[price], SEATS).await;
        self.order(show, price, method).await.unwrap()
    }

    pub(crate) async fn order(
        &self,
        show: ShowId,
        price: i64,
        method: PaymentMethod,
    ) -> Result<OrderSummary, ExecuteError> {
        self.order_as(new_id().into(), show, price, method).await
    }

    pub(crate) async fn order_as(
        &self,
        customer: UserId,
        show: ShowId,
        price: i64,
        method: PaymentMethod,
    ) -> Result<OrderSummary, ExecuteError> {
        let wanted = Wanted::Quantity { quantity: 1, adjacent: false };
        let place = PlaceOrder {
            order: new_id().into(),
            payment: new_id().into(),
            customer,
            show,
            method,
            takes_cards: true,
            items: vec![OrderItem { section: Some(code(price)), wanted }],
        };
        Ok(self.world.sequencer.execute(command(place)).await?.answer)
    }

    /// The customer gives it up.
    pub(crate) async fn cancel(&self, order: OrderId) {
        let by = Actor { user: new_id().into(), operator: true };
        self.world.sequencer.execute(command(CancelOrder { order, by })).await.unwrap();
    }

    /// Somebody whose account holds that much.
    pub(crate) async fn with_funds(&self, amount: i64) -> (UserId, AccountId) {
        let user = UserId::from(new_id());
        let open = OpenAccount { user, currency: Currency::EUR };
        let account = self.world.sequencer.execute(command(open)).await.unwrap().answer.account_id;
        let by = Actor { user, operator: false };
        self.world.sequencer.execute(command(DepositFunds { account, amount, by })).await.unwrap();
        (user, account)
    }

    pub(crate) async fn balance(&self, account: AccountId) -> i64 {
        let stream = Account::stream(account).to_string();
        let mut state = Account::default();
        for event in self.world.log().await.iter().filter(|event| event.stream_id == stream) {
            domain::Decider::evolve(&mut state, &event.stored().unwrap().decode().unwrap());
        }
        let Account::Open { balance, .. } = state else { panic!("{account} is not open") };
        balance
    }

    /// What happened to an order and its payment, one after the other.
    pub(crate) async fn story(&self, of: &OrderSummary) -> Vec<String> {
        story(&self.world.log().await, of)
    }

    /// Lets time pass until that is the story of an order, after it was placed.
    pub(crate) async fn comes_to(&self, of: &OrderSummary, expected: &[&str]) {
        self.all_come_to(&[(of.clone(), expected.to_vec())]).await;
    }

    /// The same of many.
    pub(crate) async fn all_come_to(&self, expected: &[(OrderSummary, Vec<&str>)]) {
        let until = Instant::now() + patience(PATIENCE);
        loop {
            let log = self.world.log().await;
            let other = expected.iter().find(|(order, expected)| story(&log, order)[2..] != expected[..]);
            let Some((order, expected)) = other else { return };
            let story = story(&log, order);
            assert!(Instant::now() < until, "expected {expected:?}, came to {story:?}: {order:?}");
            self.a_second_passes().await;
        }
    }

    /// Lets time pass until so much is so.
    pub(crate) async fn in_time(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let until = Instant::now() + patience(PATIENCE);
        while !holds().await {
            assert!(Instant::now() < until, "in vain: {what}");
            self.a_second_passes().await;
        }
    }

    /// Lets time pass, in small steps, until nothing waits for a process any more.
    pub(crate) async fn is_done(&self, process: &str) {
        self.world.caught_up(process).await;
        self.in_time("nothing waits", async || self.world.steps(process).await.is_empty()).await;
    }

    async fn a_second_passes(&self) {
        self.world.clock.advance(TimeDelta::seconds(1));
        sleep(Duration::from_millis(20)).await;
    }

    /// How many messages of the provider's were taken.
    pub(crate) async fn heard(&self) -> i64 {
        let heard = "select count(*) from commands where answer::text like '%\"effect\"%'";
        sqlx::query_scalar(heard).fetch_one(&self.pool).await.unwrap()
    }

    /// Nobody has to wait until the leases of the dead have ended.
    pub(crate) async fn bury(&self) {
        sqlx::query("delete from leases").execute(&self.pool).await.unwrap();
    }

    /// What the provider took for a payment and gave back.
    pub(crate) async fn moved(&self, payment: PaymentId) -> (i64, i64) {
        self.bank.moved().await.get(&payment).copied().unwrap_or_default()
    }
}

/// What the provider is asked for.
pub(crate) fn charge(of: &OrderSummary) -> Charge {
    let (payment, order) = (of.payment_id, of.order_id);
    Charge { payment, order, amount: of.total, currency: of.currency, requested_at: of.created_at }
}

fn story(log: &[RecordedEvent], of: &OrderSummary) -> Vec<String> {
    let streams = [format!("order-{}", of.order_id), format!("payment-{}", of.payment_id)];
    let theirs = log.iter().filter(|event| streams.contains(&event.stream_id));
    theirs.map(|event| event.event_type.clone()).collect()
}

pub(crate) fn pool(database: &PgConnectOptions) -> PgPool {
    let options = PgPoolOptions::new().max_connections(8).test_before_acquire(false);
    options.connect_lazy_with(database.clone())
}

fn app(world: &World, pool: &PgPool) -> App {
    let clock = Arc::clone(&world.clock);
    let limits = edge::Limits::off();
    let identity = Identity::new(pool.clone());
    let edge = edge::Context::new(identity, Arc::new(move || clock.now()), Arc::new(new_id), limits);
    let stripe_secrets = Some(Secrets::stripe(WEBHOOK_SECRET).unwrap());
    let payments = Payments { takes_cards: true, stripe_secrets, ..Payments::default() };
    App::new(world.sequencer.clone(), edge, pool.clone(), payments)
}

fn code(price: i64) -> String {
    format!("P{price}")
}

fn draft(now: chrono::DateTime<chrono::Utc>, prices: &[i64], capacity: u32) -> ShowDraft {
    let section = |price: &i64| SectionDraft {
        code: code(*price),
        name: "Floor".into(),
        price: *price,
        seating: Seating::Quantity { capacity },
    };
    ShowDraft {
        title: "A night".into(),
        venue: "Hall".into(),
        starts_at: now + TimeDelta::days(30),
        time_zone: "UTC".into(),
        currency: Currency::EUR,
        tax_basis_points: 0,
        hold_seconds: HOLD.num_seconds().try_into().unwrap(),
        sales_start_at: None,
        sales_end_at: None,
        max_per_customer: None,
        sections: prices.iter().map(section).collect(),
    }
}
