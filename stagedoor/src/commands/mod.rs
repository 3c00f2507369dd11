//! One file per command.

mod audit;
mod doctor;
mod down;
mod events;
mod generate;
mod migrate;
mod privacy;
mod processes;
mod projections;
mod relay;
mod serve;
mod up;
mod users;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
    logging,
};

/// Carries out what was typed.
pub(crate) async fn run(cli: Cli) -> Result<(), Failure> {
    let Cli { settings, json, command } = cli;
    match command {
        Command::Up { reset, seed } => {
            let _written_at_the_end = logging::start(&settings)?;
            Box::pin(up::run(settings, reset, seed)).await
        }
        Command::Serve { role } => {
            let _written_at_the_end = logging::start(&settings)?;
            Box::pin(serve::run(settings, role)).await
        }
        Command::Down => down::run(&settings).await,
        Command::Migrate => migrate::run(&settings).await,
        Command::Users(command) => users::run(&settings, json, command).await,
        Command::Audit(command) => audit::run(&settings, json, command).await,
        Command::Doctor { deep, fix } => Box::pin(doctor::run(&settings, json, deep, fix)).await,
        Command::Events(command) => Box::pin(events::run(&settings, json, command)).await,
        Command::Projections(command) => projections::run(&settings, json, command).await,
        Command::Processes(command) => processes::run(&settings, json, command).await,
        Command::Relay(command) => relay::run(&settings, json, command).await,
        Command::Privacy(command) => privacy::run(&settings, json, command).await,
        Command::Generate { root } => generate::run(&root),
    }
}
