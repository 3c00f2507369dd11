//! `stagedoor serve`.

use crate::{
    cli::Role,
    failure::Failure,
    output,
    roles::{self, Running, signal},
    settings::Settings,
};

pub(crate) async fn run(settings: Settings, role: Role) -> Result<(), Failure> {
    let running = Running::new();
    let started = roles::start(&settings, role, &running).await;
    if started.is_ok() {
        output::note("Ready. Ctrl-C ends it.");
        tokio::select! {
            () = signal::received() => tracing::info!("asked to end"),
            () = running.cancelled() => {}
        }
    }
    running.end().await;
    started
}
