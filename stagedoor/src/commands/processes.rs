//! `stagedoor processes`.

use sqlx::ConnectOptions;
use uuid::Uuid;

use processes::{Chosen, Intervention};

use crate::{cli::Processes, failure::Failure, output, settings::Settings};

pub(crate) async fn run(settings: &Settings, json: bool, command: Processes) -> Result<(), Failure> {
    match command {
        Processes::List => list(settings, json).await,
        Processes::Parked { process } => parked(settings, json, process.as_deref()).await,
        Processes::Retry { process, target, why } => {
            intervene(settings, json, (&process, target), Intervention::Retry, &why).await
        }
        Processes::Skip { process, target, why } => {
            intervene(settings, json, (&process, target), Intervention::Skip, &why).await
        }
    }
}

async fn list(settings: &Settings, json: bool) -> Result<(), Failure> {
    let found = processes::list(&mut settings.reader()?.connect().await?).await?;
    if json {
        return output::json(&found);
    }
    let rows = found.iter().map(|process| {
        vec![
            process.process.clone(),
            process.position.to_string(),
            process.lag_events.to_string(),
            process.waiting.to_string(),
            process.retrying.to_string(),
            process.parked.to_string(),
            process.next_due.map_or(String::new(), |due| due.to_rfc3339()),
        ]
    });
    let headings = ["process", "checkpoint", "lag", "waiting", "retrying", "parked", "next due"];
    output::table(&headings, rows.collect())?;
    for (process, step) in
        found.iter().flat_map(|process| process.under_way.iter().map(move |step| (process, step)))
    {
        output::line(&format!("{}: {} {}: {}", process.process, step.step, step.target, step.progress))?;
    }
    Ok(())
}

async fn parked(settings: &Settings, json: bool, process: Option<&str>) -> Result<(), Failure> {
    let found = processes::parked(&mut settings.reader()?.connect().await?, process).await?;
    if json {
        return output::json(&found);
    }
    let rows = found.iter().map(|step| {
        vec![
            step.process.clone(),
            step.step.clone(),
            step.target.to_string(),
            step.attempts.to_string(),
            step.reason.clone(),
        ]
    });
    output::table(&["process", "step", "target", "tries", "reason"], rows.collect())
}

async fn intervene(
    settings: &Settings,
    json: bool,
    (process, target): (&str, Option<Uuid>),
    intervention: Intervention,
    why: &str,
) -> Result<(), Failure> {
    let mut connection = settings.writer()?.connect().await?;
    let chosen = Chosen { process, target };
    let steps = processes::intervene(&mut connection, chosen, intervention, why).await?;
    if steps == 0 {
        let what = target.map_or(process.to_owned(), |target| format!("{process} on {target}"));
        return Err(Failure::usage(format!("no step of {what} is parked"), "stagedoor processes parked"));
    }
    if json {
        return output::json(&serde_json::json!({ "action": intervention.as_str(), "steps": steps }));
    }
    output::note(&format!("{} steps: {}.", steps, intervention.as_str()));
    Ok(())
}
