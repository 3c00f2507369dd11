//! Relay, projections and processes.

use std::{sync::Arc, time::Duration};

use async_nats::Client;
use edge::Check;
use event_store::new_id;
use evidence::IssuerStatus;
use identity::Identity;
use processes::{
    Cancellations, Charging, HoldExpiry, Money, Notifications, Notifying, Process, Refunds, RunnerOptions,
    RunnerStatus, Unwinding,
};
use projections::{Model, ProjectionOptions, Projections};
use relay::{RelayOptions, RelayState};
use tokio::{sync::watch, time::sleep};
use tokio_util::task::TaskTracker;

use super::{Parts, Running, pool, relay_options};
use crate::{cli::Role, failure::Failure, settings::Settings};

/// How often the projections are looked after.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Connections of the processes that move money, besides the sequencer's.
const MONEY_CONNECTIONS: u32 = 8;
/// Connections of the process that tells customers.
const MAIL_CONNECTIONS: u32 = 2;

/// Starts one of them, and returns what its readiness depends on.
pub(crate) async fn start(parts: &mut Parts, role: Role, running: &Running) -> Result<Vec<Check>, Failure> {
    match role {
        Role::Relay => relay(parts, running),
        Role::Projections => projections(parts, running).await,
        Role::Processes => processes(parts, running),
        Role::CommandApi | Role::QueryApi | Role::ProviderSim | Role::All => Ok(vec![]),
    }
}

fn relay(parts: &mut Parts, running: &Running) -> Result<Vec<Check>, Failure> {
    let options = RelayOptions { own: parts.own(), ..relay_options(&parts.settings)? };
    let (status, work) = relay::run(options, parts.head(running)?, running.work.clone());
    running.spawn("the relay", &running.workers, work);
    let check = Check::new("relay", move || {
        let status = status.borrow().clone();
        async move {
            match status.state {
                RelayState::Stopped { reason } => Err(format!("{reason}; see `stagedoor relay status`")),
                // Without NATS everything works, at most two seconds behind.
                RelayState::Standby | RelayState::Connecting | RelayState::Relaying => Ok(()),
            }
        }
    });
    Ok(vec![check])
}

async fn projections(parts: &mut Parts, running: &Running) -> Result<Vec<Check>, Failure> {
    let options = ProjectionOptions {
        database: parts.settings.writer()?,
        own: parts.own(),
        nats: Some(nats(&parts.settings).await?),
        stream: parts.settings.stream.clone(),
        models: Model::ALL.to_vec(),
    };
    let tasks = TaskTracker::new();
    Projections::start(options, parts.head(running)?, running.work.clone(), &tasks);
    running.spawn("the watch over the projections", &running.workers, all_live(tasks, running.clone()));
    Ok(vec![])
}

/// Until everything ends, none of the projections does; then all of them do.
async fn all_live(projections: TaskTracker, running: Running) {
    projections.close();
    let count = projections.len();
    let one_ended = async {
        while projections.len() == count {
            sleep(LOOK_EVERY).await;
        }
    };
    if running.work.run_until_cancelled(one_ended).await.is_some() {
        running.fail("a projection ended by itself".to_owned());
    }
    projections.wait().await;
}

fn processes(parts: &mut Parts, running: &Running) -> Result<Vec<Check>, Failure> {
    let (sequencer, clock) = (parts.sequencer(running)?, Arc::clone(&parts.clock));
    let money = Money {
        sequencer: sequencer.clone(),
        pool: pool(parts.settings.writer()?, MONEY_CONNECTIONS),
        clock: Arc::clone(&clock),
        card: parts.settings.money.card()?,
    };
    let unwinding = Unwinding { sequencer: sequencer.clone(), clock: Arc::clone(&clock) };
    let mail = pool(parts.settings.writer()?, MAIL_CONNECTIONS);
    let notifying = Notifying {
        identity: Identity::new(mail.clone()),
        pool: mail,
        clock,
        mailer: parts.settings.mail.mailer()?,
    };
    let mut checks = vec![
        process::<HoldExpiry>(parts, running, sequencer)?,
        process::<Charging>(parts, running, money.clone())?,
        process::<Refunds>(parts, running, money)?,
        process::<Cancellations>(parts, running, unwinding)?,
        process::<Notifications>(parts, running, notifying)?,
    ];
    checks.extend(checkpoints(parts, running)?);
    Ok(checks)
}

/// Signs checkpoints of the log, if it was told with what and where to.
fn checkpoints(parts: &mut Parts, running: &Running) -> Result<Option<Check>, Failure> {
    let settings = &parts.settings;
    let Some(options) = settings.checkpoints.issuer(settings.writer()?, Arc::clone(&parts.clock))? else {
        return Ok(None);
    };
    let (sender, status) = watch::channel(IssuerStatus::Waiting);
    let work = evidence::run(options, new_id(), parts.head(running)?, sender, running.work.clone());
    running.spawn("the signing of checkpoints", &running.workers, work);
    Ok(Some(Check::new("checkpoints", move || {
        let status = status.borrow().clone();
        async move {
            match status {
                IssuerStatus::Stopped(reason) => Err(format!("{reason}; see `stagedoor audit verify`")),
                // What can't be kept now is signed later.
                IssuerStatus::Waiting | IssuerStatus::Issued { .. } | IssuerStatus::Failing(_) => Ok(()),
            }
        }
    })))
}

fn process<P: Process>(parts: &mut Parts, running: &Running, context: P::Context) -> Result<Check, Failure> {
    let options = RunnerOptions {
        database: parts.settings.writer()?,
        context,
        clock: Arc::clone(&parts.clock),
        holder: new_id(),
        head: parts.head(running)?,
        readings: parts.readings.clone(),
    };
    let (sender, status) = watch::channel(RunnerStatus::default());
    // It hands commands in, so it ends with those who do.
    let work = processes::run::<P>(options, sender, running.intake.clone());
    running.spawn(P::NAME, &running.intakes, work);
    Ok(Check::new(P::NAME, move || {
        let status = status.borrow().clone();
        async move {
            match status {
                RunnerStatus::Failing(reason) => Err(reason),
                RunnerStatus::StandingBy | RunnerStatus::Running(_) => Ok(()),
            }
        }
    }))
}

/// A client that goes on trying: NATS may come later, and go.
async fn nats(settings: &Settings) -> Result<Client, Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("NATS_URL can't be used: {error}"), "nats://user:password@host:4222")
    };
    let url: async_nats::ServerAddr =
        settings.read_nats()?.parse().map_err(|error: std::io::Error| wrong(&error))?;
    let options = engines::connect_options(&url).name("stagedoor projections").retry_on_initial_connect();
    options.connect(url).await.map_err(|error| wrong(&error))
}
