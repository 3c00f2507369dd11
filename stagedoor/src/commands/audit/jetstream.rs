//! What JetStream knows of the log. It is not evidence, since messages are not signed, but whoever changes the log in
//! Postgres has to think of it; and its messages show where a chain was computed anew.

use std::fmt;

use event_store::LogReader;
use evidence::{Fault, Report, head_behind};
use relay::{Accident, Difference, RelayError, RelayOptions, StatusReport, Verdict};
use serde::Serialize;

use super::verify::rewritten;
use crate::{failure::Failure, roles::relay_options_as, settings::Settings};

const NAME: &str = "JetStream";

/// What came of asking.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Testimony {
    /// It was not asked, or did not answer.
    NotAsked(String),
    /// Its last message is the log's event.
    Agrees,
    /// It holds nothing to compare.
    Silent,
    /// It says something else.
    Contradicts,
}

impl fmt::Display for Testimony {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked(why) => write!(f, "not asked: {why}"),
            Self::Agrees => f.write_str("its newest messages are the log's events"),
            Self::Silent => f.write_str("it holds no message to compare"),
            Self::Contradicts => f.write_str("it says something else"),
        }
    }
}

/// Asks, if there is anybody to ask.
pub(super) async fn ask(settings: &Settings, report: &Report) -> Result<(Testimony, Option<Fault>), Failure> {
    let Ok(nats) = settings.read_nats() else {
        return Ok((Testimony::NotAsked("NATS_URL is not set".to_owned()), None));
    };
    let options = relay_options_as(settings, settings.reader()?, nats);
    match status(&options).await {
        Ok(status) => {
            // What it differs in at its end says less than where that begins.
            let fault = where_it_begins(&options, report).await.or_else(|| against(&status));
            Ok((testimony(&status), fault))
        }
        Err(RelayError::Log(error)) => Err(error.into()),
        Err(error) => Ok((Testimony::NotAsked(error.to_string()), None)),
    }
}

/// A standby of the log, which may not have yet what the stream has, is given time.
async fn status(options: &RelayOptions) -> Result<StatusReport, RelayError> {
    let report = relay::status(options).await?;
    let Verdict::Differs { reason: Accident::Ahead { last, .. } } = report.verdict else { return Ok(report) };
    let mut log = LogReader::new(options.database.clone(), "verify");
    let seen = i64::try_from(last).unwrap_or(i64::MAX);
    if head_behind(&mut log, seen).await?.position < seen { Ok(report) } else { relay::status(options).await }
}

fn testimony(status: &StatusReport) -> Testimony {
    match &status.verdict {
        Verdict::Same => Testimony::Agrees,
        Verdict::Missing | Verdict::NothingToCompare => Testimony::Silent,
        Verdict::Differs { .. } => Testimony::Contradicts,
    }
}

fn against(status: &StatusReport) -> Option<Fault> {
    let Verdict::Differs { reason } = &status.verdict else { return None };
    let position = match reason {
        Accident::Ahead { head, .. } => Some(head + 1),
        Accident::AnotherHistory { sequence, .. } | Accident::Foreign { sequence, .. } => {
            i64::try_from(*sequence).ok()
        }
        Accident::AnotherLog { .. } | Accident::Contradiction { .. } | Accident::Hidden { .. } => None,
    };
    Some(Fault::Contradicted { witness: NAME.to_owned(), detail: reason.to_string(), position })
}

/// The first position that its messages and the log differ at, among those that a checkpoint says are not what they were.
async fn where_it_begins(options: &RelayOptions, report: &Report) -> Option<Fault> {
    let (from, to) = rewritten(report)?;
    let Difference { position, exact } = relay::first_difference(options, from, to).await.ok()??;
    let detail = if exact {
        format!("up to {} its messages are the log's events, from {position} on they are not", position - 1)
    } else {
        format!("its oldest message there, at {position}, is not the log's event")
    };
    Some(Fault::Contradicted { witness: NAME.to_owned(), detail, position: Some(position) })
}
