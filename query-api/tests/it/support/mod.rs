//! A box office with a database of its own: a sequencer to make events, the projections, and the service.

mod client;
mod goods;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::Router;
use domain::operations::{
    Actor, ApprovePayment, CancelOrder, CloseShow, DepositFunds, OpenAccount, OrderSummary, PlaceOrder,
    PublishShow, RejectPayment, ScheduleShow,
};
use domain::{
    AccountId, Currency, Operation, OrderId, OrderItem, PaymentId, PaymentMethod, Refusal, ShowDraft, ShowId,
    UserId,
};
use edge::Limits;
use event_store::{Clock, Command, ExecuteError, Position, Sequencer, SequencerOptions, SystemClock, new_id};
use identity::{Identity, NewUser, Role, Roles};
use projections::{Model, ProjectionOptions, Projections};
use query_api::{App, reader_pool};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::sync::Mutex;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use client::Answer;
pub(crate) use goods::{draft, numbered, seats, standing, standing_places};

const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct BoxOffice {
    pub(crate) options: PgConnectOptions,
    pub(crate) router: Router,
    identity: Identity,
    sequencer: Sequencer,
    projections: Mutex<Option<Running>>,
    position: AtomicI64,
}

struct Running {
    cancel: CancellationToken,
    tracker: TaskTracker,
}

#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) token: String,
}

impl BoxOffice {
    pub(crate) async fn open() -> Self {
        Self::open_on(&engines::testing::shared().await.postgres_url).await
    }

    pub(crate) async fn open_on(postgres_url: &str) -> Self {
        let options = database(postgres_url.parse().unwrap()).await;
        let sequencer = Sequencer::start(SequencerOptions::new(
            options.clone(),
            std::sync::Arc::new(event_store::SystemClock),
        ))
        .0;
        let office = Self {
            router: service_on(options.clone().options([("role", "stagedoor_reader")])),
            identity: Identity::new(PgPool::connect_lazy_with(options.clone())),
            sequencer,
            projections: Mutex::new(None),
            position: AtomicI64::new(0),
            options,
        };
        office.start_projections().await;
        office
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        self.options.connect().await.unwrap()
    }

    pub(crate) async fn start_projections(&self) {
        let (cancel, tracker) = (CancellationToken::new(), TaskTracker::new());
        let head = event_store::watch_head(self.options.clone(), cancel.clone());
        let options = ProjectionOptions {
            database: self.options.clone(),
            own: event_store::Own::default(),
            nats: None,
            stream: "STAGEDOOR".into(),
            models: Model::ALL.to_vec(),
        };
        Projections::start(options, head, cancel.clone(), &tracker);
        *self.projections.lock().await = Some(Running { cancel, tracker });
    }

    pub(crate) async fn stop_projections(&self) {
        let Some(running) = self.projections.lock().await.take() else { return };
        running.cancel.cancel();
        running.tracker.close();
        tokio::time::timeout(Duration::from_secs(10), running.tracker.wait()).await.unwrap();
    }

    /// The position of the last event made here.
    pub(crate) fn position(&self) -> Position {
        self.position.load(Ordering::SeqCst)
    }

    pub(crate) async fn user(&self, role: Role) -> User {
        let id = UserId::from(new_id());
        let email = format!("{}@example.org", id.uuid().simple());
        let user = NewUser {
            user_id: id,
            email: email.clone(),
            password: PASSWORD.into(),
            name: "Ada Lovelace".into(),
        };
        self.identity.create_user(user, Roles::from(role), false, SystemClock.now()).await.unwrap();
        let session = self.identity.sign_in(&email, PASSWORD, SystemClock.now()).await.unwrap();
        User { id, token: session.token.reveal().to_owned() }
    }

    pub(crate) async fn execute<O: Operation>(
        &self,
        operation: O,
        actor: &User,
    ) -> Result<O::Answer, Refusal> {
        let context = event_store::Context {
            command_id: new_id(),
            fingerprint: None,
            actor: Some(actor.id.uuid()),
            correlation: new_id(),
            causation: None,
            traceparent: None,
        };
        match self.sequencer.execute(Command { operation, context }).await {
            Ok(committed) => {
                self.position.fetch_max(committed.position, Ordering::SeqCst);
                Ok(committed.answer)
            }
            Err(ExecuteError::Refused(refusal)) => Err(refusal),
            Err(error) => panic!("the log can't be written: {error}"),
        }
    }

    pub(crate) async fn plan(&self, organizer: &User, draft: ShowDraft) -> ShowId {
        let show = ShowId::from(new_id());
        self.execute(ScheduleShow { show, organizer: organizer.id, draft }, organizer).await.unwrap();
        show
    }

    pub(crate) async fn publish(&self, organizer: &User, show: ShowId) {
        self.execute(PublishShow { show, organizer: organizer.id }, organizer).await.unwrap();
    }

    pub(crate) async fn close(&self, organizer: &User, show: ShowId) {
        self.execute(CloseShow { show, organizer: organizer.id }, organizer).await.unwrap();
    }

    /// A show on sale.
    pub(crate) async fn sell(&self, organizer: &User, draft: ShowDraft) -> ShowId {
        let show = self.plan(organizer, draft).await;
        self.publish(organizer, show).await;
        show
    }

    pub(crate) async fn order(&self, customer: &User, show: ShowId, items: Vec<OrderItem>) -> OrderSummary {
        self.order_by(PaymentMethod::Manual, customer, show, items).await
    }

    pub(crate) async fn order_by(
        &self,
        method: PaymentMethod,
        customer: &User,
        show: ShowId,
        items: Vec<OrderItem>,
    ) -> OrderSummary {
        let order = PlaceOrder {
            order: OrderId::from(new_id()),
            payment: PaymentId::from(new_id()),
            customer: customer.id,
            show,
            method,
            takes_cards: true,
            items,
        };
        self.execute(order, customer).await.unwrap()
    }

    /// An account in euros with so much in it.
    pub(crate) async fn fill_account(&self, user: &User, amount: i64) {
        self.execute(OpenAccount { user: user.id, currency: Currency::EUR }, user).await.unwrap();
        let account = AccountId::of(user.id, Currency::EUR);
        let by = Actor { user: user.id, operator: false };
        self.execute(DepositFunds { account, amount, by }, user).await.unwrap();
    }

    pub(crate) async fn approve(&self, operator: &User, order: &OrderSummary) {
        self.execute(ApprovePayment { payment: order.payment_id }, operator).await.unwrap();
    }

    pub(crate) async fn reject(&self, operator: &User, order: &OrderSummary, reason: &str) {
        let reason = Some(reason.to_owned());
        self.execute(RejectPayment { payment: order.payment_id, reason }, operator).await.unwrap();
    }

    pub(crate) async fn cancel(&self, customer: &User, order: &OrderSummary) {
        let by = Actor { user: customer.id, operator: false };
        self.execute(CancelOrder { order: order.order_id, by }, customer).await.unwrap();
    }

    /// As if the provider had been asked to charge an order.
    pub(crate) async fn note_charge(&self, order: &OrderSummary, client_secret: &str) {
        let note = "insert into provider_charges (payment_id, reference, client_secret, noted_at) \
                    values ($1, 'pi_1', $2, now())";
        let note = sqlx::query(note).bind(order.payment_id.uuid()).bind(client_secret.to_owned());
        note.execute(&mut self.connect().await).await.unwrap();
    }

    /// As if an event of this entity could not be applied.
    pub(crate) async fn park(&self, model: Model, entity: &str) {
        let park = "insert into parked_entities (projection, slot, entity, position, reason, parked_at) \
                    values ($1, 'a', $2, 1, 'spoilt', now())";
        let park = sqlx::query(park).bind(model.name()).bind(entity.to_owned());
        park.execute(&mut self.connect().await).await.unwrap();
    }
}

/// The service as it runs, on a role that may only read.
pub(crate) fn service_on(options: PgConnectOptions) -> Router {
    let pool = reader_pool(options, 8);
    let identity = Identity::new(pool.clone());
    let (clock, ids) = (Arc::new(|| SystemClock.now()), Arc::new(new_id));
    let edge = edge::Context::new(identity, clock, ids, Limits::off());
    query_api::service(App::new(edge, pool, CancellationToken::new()))
}

async fn database(server: PgConnectOptions) -> PgConnectOptions {
    let name = format!("query_api_{}", new_id().simple());
    let mut admin = server.connect().await.unwrap();
    sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    let options = server.database(&name);
    event_store::migrate(&mut options.connect().await.unwrap()).await.unwrap();
    options
}
