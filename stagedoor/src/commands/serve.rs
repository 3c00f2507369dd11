//! `stagedoor serve`.

use crate::{
    cli::Role,
    failure::Failure,
    output,
    roles::{self, Running, signal},
    settings::Settings,
};

pub(crate) async fn run(settings: Settings, role: Role) -> Result<(), Failure> {
    let asked = signal::token();
    let running = Running::new();
    let worked = asked.run_until_cancelled(Box::pin(work(&settings, role, &running))).await;
    if worked.is_none() {
        tracing::info!("asked to end");
    }
    let ended = running.end().await;
    worked.unwrap_or(Ok(())).and(ended)
}

/// Until a part fails.
async fn work(settings: &Settings, role: Role, running: &Running) -> Result<(), Failure> {
    roles::start(settings, role, running).await?;
    output::note("Ready. Ctrl-C ends it.");
    running.cancelled().await;
    Ok(())
}
