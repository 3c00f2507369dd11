//! Relay, projections and processes.

use std::{sync::Arc, time::Duration};

use async_nats::Client;
use edge::Check;
use event_store::new_id;
use processes::{HoldExpiry, RunnerOptions, RunnerStatus};
use projections::{Model, ProjectionOptions, Projections};
use relay::{RelayOptions, RelayState};
use tokio::{sync::watch, time::sleep};
use tokio_util::task::TaskTracker;

use super::{Parts, Running, relay_options};
use crate::{cli::Role, failure::Failure, settings::Settings};

/// How often the projections are looked after.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Starts one of them, and returns what its readiness depends on.
pub(crate) async fn start(parts: &mut Parts, role: Role, running: &Running) -> Result<Vec<Check>, Failure> {
    match role {
        Role::Relay => relay(parts, running),
        Role::Projections => projections(parts, running).await,
        Role::Processes => processes(parts, running),
        Role::CommandApi | Role::QueryApi | Role::All => Ok(vec![]),
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
    let options = RunnerOptions {
        database: parts.settings.writer()?,
        sequencer: parts.sequencer(running)?,
        clock: Arc::clone(&parts.clock),
        holder: new_id(),
        head: parts.head(running)?,
    };
    let (sender, status) = watch::channel(RunnerStatus::default());
    // It hands commands in, so it ends with those who do.
    let work = processes::run::<HoldExpiry>(options, sender, running.intake.clone());
    running.spawn("the expiry of holds", &running.intakes, work);
    let check = Check::new("hold-expiry", move || {
        let status = status.borrow().clone();
        async move {
            match status {
                RunnerStatus::Failing(reason) => Err(reason),
                RunnerStatus::StandingBy | RunnerStatus::Running(_) => Ok(()),
            }
        }
    });
    Ok(vec![check])
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
