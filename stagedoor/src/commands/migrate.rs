//! `stagedoor migrate`.

use sqlx::ConnectOptions;

use crate::{failure::Failure, output, settings::Settings};

pub(crate) async fn run(settings: &Settings) -> Result<(), Failure> {
    let mut connection = settings.owner()?.connect().await?;
    event_store::migrate(&mut connection).await?;
    output::note("The schema is up to date.");
    Ok(())
}
