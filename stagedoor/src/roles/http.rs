//! The two HTTP services.

use std::{net::SocketAddr, num::NonZeroU32, sync::Arc, time::Duration};

use axum::Router;
use edge::{BindError, Limit, Limits, Quota};
use event_store::new_id;
use identity::Identity;

use super::{Parts, Running, pool};
use crate::failure::Failure;

/// Connections of command-api besides the sequencer's: for users and sessions.
const IDENTITY_CONNECTIONS: u32 = 10;
/// How long requests that were accepted may take to be answered once the service ends.
const DRAIN: Duration = Duration::from_secs(15);

pub(crate) async fn command_api(parts: &mut Parts, running: &Running) -> Result<(), Failure> {
    let pool = pool(parts.settings.writer()?, IDENTITY_CONNECTIONS);
    let context = context(parts, Identity::new(pool.clone()));
    let app = command_api::App::new(parts.sequencer(running)?, context, pool);
    listen(parts.settings.command_listen, "STAGEDOOR_COMMAND_LISTEN", command_api::service(app), running)
        .await
}

pub(crate) async fn query_api(parts: &Parts, running: &Running) -> Result<(), Failure> {
    let identity = Identity::new(pool(parts.settings.reader()?, IDENTITY_CONNECTIONS));
    let reads = query_api::reader_pool(parts.settings.reader()?, query_api::READERS);
    let app = query_api::App::new(context(parts, identity), reads, running.work.clone());
    listen(parts.settings.query_listen, "STAGEDOOR_QUERY_LISTEN", query_api::service(app), running).await
}

fn context(parts: &Parts, identity: Identity) -> edge::Context {
    let clock = Arc::clone(&parts.clock);
    let limits = limits(parts.settings.sign_in_limit);
    edge::Context::new(identity, Arc::new(move || clock.now()), Arc::new(new_id), limits)
        .behind_proxies(usize::from(parts.settings.trusted_proxies))
}

fn limits(per_minute: u32) -> Limits {
    let Some(burst) = NonZeroU32::new(per_minute) else { return Limits::off() };
    let quota = Quota { burst, window: Duration::from_mins(1) };
    Limits { sign_in: Limit::new(quota, quota), sign_up: Limit::new(quota, quota) }
}

pub(crate) async fn listen(
    address: SocketAddr,
    setting: &'static str,
    router: Router,
    running: &Running,
) -> Result<(), Failure> {
    let listener = edge::bind(address, setting).await.map_err(|error| taken(&error))?;
    let part = running.clone();
    running.spawn(setting, &running.intakes, async move {
        if let Err(error) = edge::serve(listener, router, part.intake.clone(), DRAIN).await {
            part.fail(format!("what serves {setting} failed: {error}"));
        }
    });
    Ok(())
}

pub(crate) fn taken(error: &BindError) -> Failure {
    let setting = error.setting;
    Failure::engine(error, format!("end what holds the port, or set {setting} to another address"))
}
