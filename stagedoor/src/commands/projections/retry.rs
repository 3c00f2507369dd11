//! `stagedoor projections retry`: parked events, tried again.

use domain::StreamId;
use projections::{Model, Retried, RetryError};
use serde::Serialize;

use crate::{failure::Failure, output, settings::Settings};

/// What became of a read model's parked entities.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    #[serde(flatten)]
    retried: Retried,
}

pub(super) async fn run(
    settings: &Settings,
    json: bool,
    names: &[Model],
    entity: Option<StreamId>,
) -> Result<(), Failure> {
    let database = settings.writer()?;
    let wanted = |model: &Model| names.is_empty() || names.contains(model);
    let mut rows = vec![];
    for model in Model::ALL.into_iter().filter(wanted) {
        let retried = projections::retry(&database, model, entity).await.map_err(failure)?;
        rows.push(Row { name: model.name(), retried });
    }
    print(&rows, json)?;
    match rows.iter().map(|row| row.retried.still_parked).sum::<u64>() {
        0 => Ok(()),
        left => Err(Failure::Fault(format!(
            "{left} entities still stand still; what holds them up is in parked_entities"
        ))),
    }
}

fn print(rows: &[Row], json: bool) -> Result<(), Failure> {
    if json {
        return output::json(&rows);
    }
    let rows = rows.iter().map(|Row { name, retried }| {
        let Retried { released, still_parked, events } = retried;
        vec![(*name).to_owned(), released.to_string(), still_parked.to_string(), events.to_string()]
    });
    output::table(&["projection", "released", "still parked", "events"], rows.collect())
}

fn failure(error: RetryError) -> Failure {
    match error {
        RetryError::Database(error) => error.into(),
        RetryError::Newer(_) => Failure::other(error),
    }
}
