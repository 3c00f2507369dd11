//! The two HTTP services.

use std::{net::SocketAddr, num::NonZeroU32, sync::Arc, time::Duration};

use axum::Router;
use edge::{BindError, Bounds, Limit, Limits, Quota};
use event_store::new_id;
use identity::Identity;

use super::{Parts, Running, pool};
use crate::{failure::Failure, settings::Settings};

/// Connections of command-api besides the sequencer's: for users and sessions.
const IDENTITY_CONNECTIONS: u32 = 10;

pub(crate) async fn command_api(parts: &mut Parts, running: &Running) -> Result<(), Failure> {
    let pool = pool(parts.settings.writer()?, IDENTITY_CONNECTIONS);
    let context = context(parts, Identity::new(pool.clone()));
    let payments = parts.settings.money.payments()?;
    let app = command_api::App::new(parts.sequencer(running)?, context, pool, payments);
    let (settings, router) = (&parts.settings, command_api::service(app));
    listen(settings, settings.command_listen, "STAGEDOOR_COMMAND_LISTEN", router, running).await
}

pub(crate) async fn query_api(parts: &Parts, running: &Running) -> Result<(), Failure> {
    let identity = Identity::new(pool(parts.settings.reader()?, IDENTITY_CONNECTIONS));
    let reads = query_api::reader_pool(parts.settings.reader()?, query_api::READERS);
    let app = query_api::App::new(context(parts, identity), reads, running.work.clone());
    let (settings, router) = (&parts.settings, query_api::service(app));
    listen(settings, settings.query_listen, "STAGEDOOR_QUERY_LISTEN", router, running).await
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
    settings: &Settings,
    address: SocketAddr,
    setting: &'static str,
    router: Router,
    running: &Running,
) -> Result<(), Failure> {
    let listener = edge::bind(address, setting).await.map_err(|error| taken(&error))?;
    let bounds = Bounds { connections: usize::from(settings.connections), ..Bounds::default() };
    let part = running.clone();
    running.spawn(setting, &running.intakes, async move {
        edge::serve(listener, router, bounds, part.intake.clone()).await;
    });
    Ok(())
}

pub(crate) fn taken(error: &BindError) -> Failure {
    let setting = error.setting;
    Failure::engine(error, format!("end what holds the port, or set {setting} to another address"))
}
