//! `stagedoor relay`.

use std::io::{IsTerminal, stdin};

use event_store::{check_schema, renew_log_id};
use relay::{RelayError, StatusReport};
use sqlx::ConnectOptions;
use uuid::Uuid;

use crate::{
    cli::Relay,
    failure::{Failure, owner_only},
    output, roles,
    settings::Settings,
};

pub(crate) async fn run(settings: &Settings, json: bool, command: Relay) -> Result<(), Failure> {
    let options = roles::relay_options(settings)?;
    match command {
        Relay::Status => {
            let report = relay::status(&options).await.map_err(failure)?;
            print(&report, json)?;
            if report.verdict.is_fault() { Err(Failure::Fault(report.verdict.to_string())) } else { Ok(()) }
        }
        Relay::Reset { yes, new_log_id } => {
            confirm(yes, &options.stream)?;
            if new_log_id {
                let log_id = renew(settings).await?;
                output::note(&format!(
                    "This is log {log_id} now. Where it is signed, nothing is until somebody has looked: \
                     `stagedoor audit checkpoint --begin`."
                ));
            }
            let told = |progress: relay::ResetProgress| {
                output::note(&format!("refilled to {} of {}", progress.position, progress.head));
            };
            relay::reset(&options, told).await.map_err(failure)?;
            output::note("The stream equals the log again.");
            Ok(())
        }
    }
}

async fn renew(settings: &Settings) -> Result<Uuid, Failure> {
    let database = settings.owner()?;
    check_schema(&mut database.connect().await?).await?;
    renew_log_id(&database).await.map_err(owner_only)
}

fn print(report: &StatusReport, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(report);
    }
    let stream = report.stream.as_ref();
    let sequences =
        stream.map_or("missing".to_owned(), |s| format!("{} … {}", s.first_sequence, s.last_sequence));
    output::table(
        &["stream", "sequences", "log head", "lag", "leader", "verdict"],
        vec![vec![
            report.name.clone(),
            sequences,
            report.head.to_string(),
            report.lag.to_string(),
            report.leader.map_or("none".to_owned(), |leader| leader.to_string()),
            report.verdict.to_string(),
        ]],
    )
}

fn confirm(yes: bool, stream: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let hint = "the log is not touched; consumers of the stream read it again: add --yes";
    if !stdin().is_terminal() {
        return Err(Failure::usage(format!("this deletes the stream {stream}"), hint));
    }
    output::note(&format!(
        "This deletes the stream {stream} and fills it again from the log. Type its name to go on:"
    ));
    let mut typed = String::new();
    stdin().read_line(&mut typed).map_err(Failure::other)?;
    if typed.trim() == stream { Ok(()) } else { Err(Failure::usage("nothing was deleted", hint)) }
}

pub(super) fn failure(error: RelayError) -> Failure {
    match error {
        RelayError::Log(error) => error.into(),
        RelayError::Nats { .. } | RelayError::Hidden { .. } => {
            Failure::engine(error, "is NATS up, and is NATS_URL right?")
        }
        RelayError::Doubt { .. }
        | RelayError::OutOfStep { .. }
        | RelayError::LogChanged(_)
        | RelayError::Unnameable(_)
        | RelayError::Stopped(_)
        | RelayError::NotRefilling(_) => Failure::other(error),
    }
}
