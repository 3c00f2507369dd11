//! Starting the projections.

use async_nats::Client;
use event_store::{Own, Position};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    accounts::Accounts,
    ear::Ear,
    feed::Nats,
    inventory::Inventory,
    ledger::Ledger,
    model::Model,
    orders::Orders,
    payments::Payments,
    runner::{Runner, Settings},
    shows::Shows,
};

/// What the projections work with.
#[derive(Debug)]
pub struct ProjectionOptions {
    /// The database, as the writer role.
    pub database: PgConnectOptions,
    /// What this process appends, if it has a sequencer.
    pub own: Own,
    /// Where to listen. Without it, or while it is away, the log is read. The client should have been made with
    /// `retry_on_initial_connect`, so that NATS may come later than this program.
    pub nats: Option<Client>,
    /// The stream the relay publishes to.
    pub stream: String,
    /// Which read models to keep.
    pub models: Vec<Model>,
}

/// The projections of this process.
#[derive(Debug)]
pub struct Projections;

impl Projections {
    /// Starts one task per read model, in `tracker`; each ends, with its batch, when `cancel` fires. `head` is what
    /// [`event_store::watch_head`] returns.
    pub fn start(
        options: ProjectionOptions,
        head: watch::Receiver<Position>,
        cancel: CancellationToken,
        tracker: &TaskTracker,
    ) {
        let ProjectionOptions { database, own, nats, stream, models } = options;
        let nats = nats.map(|client| Nats { client, stream });
        let ear = Ear::open(&models, &database, own, nats, head.clone(), cancel.clone());
        let settings = Settings { database, ear, head, holder: event_store::new_id(), cancel };
        for model in models {
            let settings = settings.clone();
            match model {
                Model::Shows => tracker.spawn(Runner::<Shows>::new(settings).run()),
                Model::Inventory => tracker.spawn(Runner::<Inventory>::new(settings).run()),
                Model::Orders => tracker.spawn(Runner::<Orders>::new(settings).run()),
                Model::Payments => tracker.spawn(Runner::<Payments>::new(settings).run()),
                Model::Accounts => tracker.spawn(Runner::<Accounts>::new(settings).run()),
                Model::Ledger => tracker.spawn(Runner::<Ledger>::new(settings).run()),
            };
        }
    }
}
