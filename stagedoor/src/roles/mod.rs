//! The parts of the system, put together.

mod descriptors;
mod health;
mod http;
pub(crate) mod provider_sim;
mod running;
pub(crate) mod signal;
mod workers;

use std::{panic::resume_unwind, sync::Arc, time::Duration};

use event_store::{
    Own, Position, Sequencer, SequencerOptions, SharedClock, SystemClock, check_schema, connect,
    session_options, watch_head,
};
use processes::Readings;
use relay::RelayOptions;
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::watch;

use crate::{cli::Role, failure::Failure, settings::Settings};

pub(crate) use http::taken;
pub(crate) use running::Running;

/// A connection of a pool that was not used for so long may be dead.
const ASKED_WHEN_IDLE_FOR: Duration = Duration::from_millis(500);

/// What the roles of one process share.
pub(crate) struct Parts {
    pub(crate) settings: Settings,
    pub(crate) clock: SharedClock,
    head: Option<watch::Receiver<Position>>,
    readings: Readings,
    sequencer: Option<Sequencer>,
}

/// Starts a role, or all of them; returns when they are at work.
pub(crate) async fn start(settings: &Settings, role: Role, running: &Running) -> Result<(), Failure> {
    if role == Role::ProviderSim {
        // It is a world of its own: no engine of ours is its.
        return provider_sim::start(settings, running).await;
    }
    let mut connection = connect(&settings.writer_or_reader(role)?, "schema check").await?;
    check_schema(&mut connection).await?;
    drop(connection);
    let _ = edge::metrics::install();
    descriptors::allow(settings.connections);
    let mut parts = Parts {
        settings: settings.clone(),
        clock: Arc::new(SystemClock),
        head: None,
        readings: Readings::default(),
        sequencer: None,
    };
    match role {
        Role::CommandApi => http::command_api(&mut parts, running).await,
        Role::QueryApi => http::query_api(&parts, running).await,
        Role::Relay | Role::Projections | Role::Processes => {
            let checks = workers::start(&mut parts, role, running).await?;
            health::serve(&parts, checks, running).await
        }
        Role::ProviderSim => provider_sim::start(settings, running).await,
        Role::All => {
            // Made first: what it appends is handed on to the others at once.
            parts.sequencer(running)?;
            let mut checks = Vec::new();
            for role in [Role::Relay, Role::Projections, Role::Processes] {
                checks.extend(workers::start(&mut parts, role, running).await?);
            }
            health::serve(&parts, checks, running).await?;
            http::command_api(&mut parts, running).await?;
            http::query_api(&parts, running).await
        }
    }
}

impl Parts {
    /// The log's head. Followed only for those who ask: a replica can't tell of it.
    pub(crate) fn head(&mut self, running: &Running) -> Result<watch::Receiver<Position>, Failure> {
        if let Some(head) = &self.head {
            return Ok(head.clone());
        }
        let head = watch_head(self.settings.writer()?, running.work.clone());
        self.head = Some(head.clone());
        Ok(head)
    }

    /// What the sequencer of this process appends, if it has one.
    pub(crate) fn own(&self) -> Own {
        self.sequencer.as_ref().map(Sequencer::own).unwrap_or_default()
    }

    /// The one sequencer of this process.
    pub(crate) fn sequencer(&mut self, running: &Running) -> Result<Sequencer, Failure> {
        if let Some(sequencer) = &self.sequencer {
            return Ok(sequencer.clone());
        }
        let settings = &self.settings;
        let options = SequencerOptions {
            queue: usize::try_from(settings.queue).unwrap_or(usize::MAX),
            cache_bytes: usize::try_from(settings.cache_mib).unwrap_or(usize::MAX) << 20,
            ..SequencerOptions::new(settings.writer()?, Arc::clone(&self.clock))
        };
        let (sequencer, task) = Sequencer::start(options);
        // It ends by itself, when the last of those who use it have.
        running.spawn("the sequencer", &running.workers, async move {
            if let Err(error) = task.await
                && let Ok(panic) = error.try_into_panic()
            {
                resume_unwind(panic);
            }
        });
        self.sequencer = Some(sequencer.clone());
        Ok(sequencer)
    }
}

/// What the relay is told, also by the commands that look at it.
pub(crate) fn relay_options(settings: &Settings) -> Result<RelayOptions, Failure> {
    Ok(relay_options_as(settings, settings.writer()?, settings.nats()?))
}

/// The same, with other rights.
pub(crate) fn relay_options_as(settings: &Settings, database: PgConnectOptions, nats: &str) -> RelayOptions {
    let options = RelayOptions::new(database, relay::NatsOptions::new(nats), event_store::new_id());
    RelayOptions {
        stream: settings.stream.clone(),
        subject_prefix: settings.stream.to_lowercase(),
        max_age: Duration::from_secs(u64::from(settings.stream_max_hours) * 3_600),
        max_bytes: i64::from(settings.stream_max_mib) << 20,
        ..options
    }
}

/// A connection in use is not asked, which would cost a round trip each time. After a restart of the server all that
/// lie idle are dead, and nobody should be told so.
async fn is_alive(connection: &mut PgConnection, idle_for: Duration) -> Result<bool, sqlx::Error> {
    Ok(idle_for < ASKED_WHEN_IDLE_FOR || connection.ping().await.is_ok())
}

/// A pool for whoever has no connection of its own; connects when first asked. What it commits is durable.
pub(crate) fn pool(options: PgConnectOptions, size: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire(false)
        .before_acquire(|connection, pooled| Box::pin(is_alive(connection, pooled.idle_for)))
        .connect_lazy_with(session_options(options, "pool"))
}
