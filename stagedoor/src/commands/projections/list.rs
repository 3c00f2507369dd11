//! `stagedoor projections list`: how far each read model is.

use std::time::Duration;

use projections::{ProjectionStatus, Purpose};
use serde::Serialize;
use sqlx::ConnectOptions;
use tokio::time::{Instant, sleep};

use crate::{failure::Failure, output, settings::Settings};

/// How long it is looked how fast they go.
const WATCHED_FOR: Duration = Duration::from_millis(500);

/// A read model, and how fast it goes.
#[derive(Serialize)]
struct Watched {
    #[serde(flatten)]
    status: ProjectionStatus,
    /// Events a second, just now.
    events_per_second: f64,
}

pub(super) async fn run(settings: &Settings, json: bool) -> Result<(), Failure> {
    let mut connection = settings.reader()?.connect().await?;
    let before = projections::list(&mut connection).await?;
    let begun = Instant::now();
    sleep(WATCHED_FOR).await;
    let now = projections::list(&mut connection).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let watched: Vec<Watched> = now.into_iter().map(|status| watched(&before, status, seconds)).collect();
    if json {
        return output::json(&watched);
    }
    let headings =
        ["projection", "checkpoint", "lag", "for", "state", "events/s", "parked", "beside it", "reason"];
    output::table(&headings, watched.iter().map(row).collect())
}

#[expect(clippy::cast_precision_loss, reason = "nobody takes 2^52 events in half a second")]
fn watched(before: &[ProjectionStatus], status: ProjectionStatus, seconds: f64) -> Watched {
    let moved =
        before.iter().find(|one| one.name == status.name).map_or(0, |one| status.position - one.position);
    Watched { events_per_second: moved.max(0) as f64 / seconds, status }
}

fn row(watched: &Watched) -> Vec<String> {
    let status = &watched.status;
    vec![
        status.name.clone(),
        status.position.to_string(),
        status.lag_events.to_string(),
        format!("{:.1} s", status.lag_seconds),
        format!("{:?}", status.state).to_lowercase(),
        format!("{:.0}", watched.events_per_second),
        status.parked.to_string(),
        beside(status),
        status.reason.clone().unwrap_or_default(),
    ]
}

/// What is made beside what is read.
fn beside(status: &ProjectionStatus) -> String {
    let Some(shadow) = &status.shadow else { return String::new() };
    let what = match (shadow.purpose, shadow.active) {
        (Purpose::Rebuild, true) => "rebuilt",
        (Purpose::Rebuild, false) => "rebuild interrupted",
        (Purpose::Verify, true) => "verified",
        (Purpose::Verify, false) => "verification interrupted",
        (Purpose::Retired, _) => return "to be emptied".to_owned(),
    };
    format!("{what} at {}, {:.0}/s", shadow.position, shadow.events_per_second)
}
