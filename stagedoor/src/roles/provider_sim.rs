//! A payment provider to practise with.

use std::sync::Arc;

use event_store::{Clock, SystemClock};
use provider_sim::{Options, Simulator, SimulatorError};
use providers::signature::Secrets;

use super::{Running, http::taken};
use crate::{failure::Failure, practice, settings::Settings};

pub(crate) use provider_sim::LISTEN;

/// Starts it; returns when it listens. It ends after those who ask it.
pub(crate) async fn start(settings: &Settings, running: &Running) -> Result<(), Failure> {
    let money = &settings.money;
    let secret_key = money.stripe_secret_key().ok_or_else(|| missing("STAGEDOOR_STRIPE_SECRET_KEY"))?;
    let webhook_secret = money.stripe_webhook_secret.as_deref().filter(|secret| !secret.is_empty());
    let webhook_secret = webhook_secret.ok_or_else(|| missing("STAGEDOOR_STRIPE_WEBHOOK_SECRET"))?;
    let wrong = |error| Failure::usage(format!("STAGEDOOR_STRIPE_WEBHOOK_SECRET: {error}"), "whsec_…");
    let options = Options {
        listen: settings.provider_sim_listen,
        books: practice::books(&settings.data_dir)?,
        secret_key: secret_key.to_owned(),
        webhook_url: Some(practice::webhook_url(settings)),
        webhook_secret: Secrets::stripe(webhook_secret).map_err(wrong)?,
        clock: Arc::new(|| SystemClock.now()),
    };
    let simulator = Simulator::open(options).await.map_err(failure)?;
    let part = running.clone();
    running.spawn("the provider simulator", &running.workers, async move {
        if let Err(error) = simulator.run(part.work.clone()).await {
            part.fail(error.to_string());
        }
    });
    Ok(())
}

fn missing(name: &str) -> Failure {
    Failure::usage(
        format!("{name} is not set"),
        format!(
            "set {name} to what command-api and processes have, or run `stagedoor up`, which makes one up"
        ),
    )
}

fn failure(error: SimulatorError) -> Failure {
    match error {
        SimulatorError::Bind(error) => taken(&error),
        SimulatorError::Books(_) => Failure::engine(
            error,
            "STAGEDOOR_DATA_DIR names the directory; one provider at a time keeps books there",
        ),
        SimulatorError::Client(_) => Failure::other(error),
    }
}
