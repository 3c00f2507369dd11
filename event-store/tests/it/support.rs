//! A database of the test's own, and shows to sell.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    Currency, OrderId, OrderItem, PaymentId, PaymentMethod, Refusal, Seating, SectionDraft, ShowDraft,
    ShowId, States, StreamId, UnitOfWork, UserId, Wanted,
    operations::{OrderSummary, PlaceOrder, PublishShow, ScheduleShow},
};
use event_store::{
    Clock, Command, Committed, Context, ExecuteError, RecordedEvent, Sequencer, SequencerOptions,
    SystemClock, new_id,
};
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

pub(crate) struct Database {
    pub(crate) options: PgConnectOptions,
}

impl Database {
    /// An empty, migrated database on the tests' shared server.
    pub(crate) async fn new() -> Self {
        let server: PgConnectOptions = engines::testing::shared().await.postgres_url.parse().unwrap();
        Self::on(server).await
    }

    pub(crate) async fn on(server: PgConnectOptions) -> Self {
        let name = format!("event_store_{}", new_id().simple());
        let mut admin = server.connect().await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
            .execute(&mut admin)
            .await
            .unwrap();
        admin.close().await.unwrap();
        let options = server.database(&name);
        event_store::migrate(&mut options.connect().await.unwrap()).await.unwrap();
        Self { options }
    }

    pub(crate) async fn connect(&self) -> PgConnection {
        self.options.connect().await.unwrap()
    }

    pub(crate) fn sequencer(&self) -> Sequencer {
        self.sequencer_at(Arc::new(SystemClock))
    }

    pub(crate) fn sequencer_at(&self, clock: Arc<dyn Clock>) -> Sequencer {
        Sequencer::start(SequencerOptions::new(self.options.clone(), clock)).0
    }

    /// The whole log, checked: gapless, chained, and every stream's versions gapless.
    pub(crate) async fn log(&self) -> Vec<RecordedEvent> {
        let mut reader = event_store::LogReader::new(self.options.clone(), "test");
        let mut log: Vec<RecordedEvent> = Vec::new();
        loop {
            let page = reader.after(log.last().map_or(0, |event| event.position), 10_000).await.unwrap();
            if page.is_empty() {
                break;
            }
            log.extend(page);
        }
        check(&log);
        log
    }
}

fn check(log: &[RecordedEvent]) {
    let mut previous = [0; 32];
    let mut versions = std::collections::HashMap::new();
    let mut latest = DateTime::<Utc>::MIN_UTC;
    for (index, event) in log.iter().enumerate() {
        assert_eq!(event.position, i64::try_from(index).unwrap() + 1, "positions are gapless");
        assert_eq!(event.hash.0, event.expected_hash(&previous), "the chain holds at {}", event.position);
        assert!(event.recorded_at >= latest, "time never runs backwards");
        let version = versions.entry(&event.stream_id).or_insert(0);
        *version += 1;
        assert_eq!(event.version, *version, "versions of {} are gapless", event.stream_id);
        previous = event.hash.0;
        latest = event.recorded_at;
    }
}

pub(crate) fn context() -> Context {
    Context {
        command_id: new_id(),
        fingerprint: Some([7; 32]),
        actor: Some(new_id()),
        correlation: new_id(),
        causation: None,
        traceparent: None,
    }
}

pub(crate) fn command<O>(operation: O) -> Command<O> {
    Command { operation, context: context() }
}

pub(crate) async fn show_of(sequencer: &Sequencer, capacity: u32) -> ShowId {
    let (show, organizer) = (ShowId::from(new_id()), UserId::from(new_id()));
    let now = SystemClock.now();
    let section = SectionDraft {
        code: "FLOOR".into(),
        name: "Floor".into(),
        price: 1_000,
        seating: Seating::Quantity { capacity },
    };
    let draft = ShowDraft {
        title: "A night".into(),
        venue: "Hall".into(),
        starts_at: now + chrono::TimeDelta::days(30),
        time_zone: "UTC".into(),
        currency: Currency::EUR,
        tax_basis_points: 700,
        hold_seconds: 900,
        sales_start_at: None,
        sales_end_at: None,
        max_per_customer: None,
        sections: vec![section],
    };
    sequencer.execute(command(ScheduleShow { show, organizer, draft })).await.unwrap();
    sequencer.execute(command(PublishShow { show, organizer })).await.unwrap();
    show
}

pub(crate) fn place(show: ShowId, quantity: u32) -> PlaceOrder {
    PlaceOrder {
        order: OrderId::from(new_id()),
        payment: PaymentId::from(new_id()),
        customer: UserId::from(new_id()),
        show,
        method: PaymentMethod::Manual,
        takes_cards: false,
        items: vec![OrderItem {
            section: Some("FLOOR".into()),
            wanted: Wanted::Quantity { quantity, adjacent: true },
        }],
    }
}

pub(crate) async fn buy(
    sequencer: &Sequencer,
    show: ShowId,
) -> Result<Committed<OrderSummary>, ExecuteError> {
    sequencer.execute(command(place(show, 1))).await
}

/// An operation that breaks.
pub(crate) struct Panics;

impl domain::Operation for Panics {
    type Answer = Uuid;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![]
    }

    fn run(&self, _: &mut UnitOfWork<'_>) -> Result<Uuid, Refusal> {
        panic!("an operation breaks, as this one should")
    }
}

/// An operation that breaks even earlier.
pub(crate) struct PanicsEarly;

impl domain::Operation for PanicsEarly {
    type Answer = Uuid;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        panic!("an operation breaks while it names its streams, as this one should")
    }

    fn run(&self, _: &mut UnitOfWork<'_>) -> Result<Uuid, Refusal> {
        panic!("an operation breaks, as this one should")
    }
}
