//! `stagedoor projections`.

use sqlx::ConnectOptions;

use crate::{cli::Projections, failure::Failure, output, settings::Settings};

pub(crate) async fn run(settings: &Settings, json: bool, command: Projections) -> Result<(), Failure> {
    match command {
        Projections::List => list(settings, json).await,
    }
}

async fn list(settings: &Settings, json: bool) -> Result<(), Failure> {
    let mut connection = settings.reader()?.connect().await?;
    let projections = projections::list(&mut connection).await?;
    if json {
        return output::json(&projections);
    }
    let rows = projections.iter().map(|projection| {
        vec![
            projection.name.clone(),
            projection.position.to_string(),
            projection.lag_events.to_string(),
            format!("{:.1} s", projection.lag_seconds),
            format!("{:?}", projection.state).to_lowercase(),
            projection.parked.to_string(),
            projection.reason.clone().unwrap_or_default(),
        ]
    });
    let headings = ["projection", "checkpoint", "lag", "for", "state", "parked", "reason"];
    output::table(&headings, rows.collect())
}
