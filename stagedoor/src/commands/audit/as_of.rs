//! `stagedoor audit as-of`: a read model as it was, folded from the log once more.

use event_store::Past;
use projections::{
    Model,
    as_of::{Halted, Then, UnknownSubject, Whole, entity, subjects},
};
use sqlx::PgConnection;

use super::moment;
use crate::{
    failure::Failure,
    output::{self, Progress},
    settings::Settings,
};

mod rows;

pub(super) async fn run(
    settings: &Settings,
    json: bool,
    at: &str,
    model: &str,
    id: Option<&str>,
) -> Result<(), Failure> {
    let asked = moment::parse(at)?;
    let model: Model = model.parse().map_err(|error| Failure::usage(error, "stagedoor projections list"))?;
    let wanted = id.map(|id| subjects(model, id)).transpose().map_err(unknown)?;
    let mut connection = event_store::connect(&settings.reader()?, "audit").await?;
    let past = moment::find(&mut connection, asked).await?;
    if !json {
        let time = past.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        output::note(&format!("{model} after position {}, {time}", past.position));
    }
    match id.zip(wanted) {
        None => whole(&mut connection, json, model, past).await,
        Some((id, wanted)) => {
            for subject in wanted {
                let then = entity(&mut connection, model, subject, past.position).await?;
                if !then.is_empty() {
                    return one(json, then);
                }
            }
            Err(Failure::Fault(format!("{model} had no {id} at position {}", past.position)))
        }
    }
}

fn unknown(error: UnknownSubject) -> Failure {
    let expected = error.expected;
    Failure::usage(error, expected)
}

fn one(json: bool, then: Vec<Then>) -> Result<(), Failure> {
    let mut was = Vec::with_capacity(then.len());
    for then in then {
        match then {
            Then::Was(shown) => was.push(shown),
            Then::Halted(halted) => return Err(Failure::Fault(told(&halted))),
        }
    }
    if json { was.iter().try_for_each(output::json) } else { rows::in_full(&was) }
}

/// As a table a page at a time, or as one line of JSON an entity.
async fn whole(connection: &mut PgConnection, json: bool, model: Model, past: Past) -> Result<(), Failure> {
    let mut whole = Whole::new(model, past.position);
    let mut progress = Progress::new("events");
    let mut stand_still = 0;
    let mut table = rows::Lines::new(model);
    while let Some(page) = whole.next(connection).await? {
        for then in page {
            progress.end();
            match then {
                Then::Was(shown) if json => output::json(&shown)?,
                Then::Was(shown) => table.print(&shown)?,
                Then::Halted(halted) => {
                    stand_still += 1;
                    output::note(&told(&halted));
                }
            }
        }
        progress.tell(whole.position(), past.position);
    }
    progress.end();
    match stand_still {
        0 => Ok(()),
        some => Err(Failure::Fault(format!("{some} of {} could not be told", whole.entities()))),
    }
}

fn told(halted: &Halted) -> String {
    let Halted { entity, position, reason } = halted;
    format!("{entity} stood still: event {position} can't be applied: {reason}")
}
