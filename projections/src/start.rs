//! Starting the projections.

use std::sync::Arc;

use async_nats::Client;
use event_store::{Own, Position};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::{Semaphore, watch};
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
    read_model::ReadModel,
    runner::{Runner, Settings},
    shows::Shows,
    upgrade::Upgrade,
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
    /// Starts the tasks of each read model, in `tracker`; they end, with their batch, when `cancel` fires. `head` is what
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
        let turn = Arc::new(Semaphore::new(1));
        for model in models {
            match model {
                Model::Shows => spawn::<Shows>(&settings, &turn, tracker),
                Model::Inventory => spawn::<Inventory>(&settings, &turn, tracker),
                Model::Orders => spawn::<Orders>(&settings, &turn, tracker),
                Model::Payments => spawn::<Payments>(&settings, &turn, tracker),
                Model::Accounts => spawn::<Accounts>(&settings, &turn, tracker),
                Model::Ledger => spawn::<Ledger>(&settings, &turn, tracker),
            }
        }
    }
}

/// One follows the log; the other waits until it is found that what it follows with is older than this program.
fn spawn<M: ReadModel>(settings: &Settings, turn: &Arc<Semaphore>, tracker: &TaskTracker) {
    let upgrade = Upgrade::<M>::new(settings.database.clone(), Arc::clone(turn), settings.cancel.clone());
    tracker.spawn(Runner::<M>::new(settings.clone(), upgrade.outdated()).run());
    tracker.spawn(upgrade.run());
}
