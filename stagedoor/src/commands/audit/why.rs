//! `stagedoor audit why`: everything that happened to a seat, and what whoever asked for it was told.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::ShowId;
use projections::why::{Seat, Turn, UnknownSeat, Why, WhyError, why};

use super::{moment, named};
use crate::{
    failure::Failure,
    output::{self, Progress},
    settings::Settings,
};

const SEAT: &str = "a seat is A-1, or STALLS/A-1 where several sections have a row A";

pub(super) async fn run(
    settings: &Settings,
    json: bool,
    show: &str,
    seat: &str,
    at: Option<&str>,
) -> Result<(), Failure> {
    let id = ShowId::from_str(named(show, "show"))
        .map_err(|_| Failure::usage(format!("`{show}` names no show"), "its id, or its stream: show-<id>"))?;
    let seat = Seat::from_str(seat).map_err(|error| Failure::usage(error, SEAT))?;
    let asked = at.map(moment::parse).transpose()?;
    let mut connection = event_store::connect(&settings.reader()?, "audit").await?;
    let past = match asked {
        Some(asked) => moment::find(&mut connection, asked).await?,
        None => moment::now(&mut connection).await?,
    };
    let mut progress = Progress::new("events");
    let told =
        why(&mut connection, id, seat, past, &mut |position| progress.tell(position, past.position)).await;
    progress.end();
    let told = told.map_err(failure)?;
    if json { output::json(&told) } else { print(&told, at.is_none()) }
}

fn failure(error: WhyError) -> Failure {
    match error {
        WhyError::Seat(UnknownSeat::Several(_)) => Failure::usage(error, SEAT),
        WhyError::Seat(UnknownSeat::Nameless(_)) => Failure::usage(
            error,
            "`stagedoor audit as-of <position|time> inventory <show>` says how many of them were left",
        ),
        WhyError::Seat(UnknownSeat::None(_)) | WhyError::NoShow { .. } | WhyError::Unreadable { .. } => {
            Failure::Fault(error.to_string())
        }
        WhyError::Database(error) => error.into(),
    }
}

fn print(told: &Why, now: bool) -> Result<(), Failure> {
    let Why { show_id, title, section, seat, events, left_out, request } = told;
    output::line(&format!("Seat {section}/{seat} at {title} (show-{show_id})"))?;
    let rows = events.iter().map(row).collect();
    output::table(&["position", "when", "what", "until", "order", "customer", "asked by"], rows)?;
    if *left_out > 0 {
        output::note(&format!("{left_out} events of the seat before these are left out."));
    }
    let (would, at) = (if now { "would be" } else { "would have been" }, time(request.at));
    let verdict = match request.problem {
        Some(problem) => format!("refused ({problem})"),
        None => "accepted".to_owned(),
    };
    output::line(&format!("A request at {at}, after position {}, {would} {verdict}.", request.position))?;
    output::line(&request.because)
}

fn row(turn: &Turn) -> Vec<String> {
    let id = |id: Option<uuid::Uuid>| id.map_or(String::new(), |id| id.to_string());
    vec![
        turn.position.to_string(),
        time(turn.recorded_at),
        turn.description.to_owned(),
        turn.until.map_or(String::new(), time),
        id(turn.order_id),
        id(turn.user_id),
        turn.actor_id.map_or("system".to_owned(), |actor| actor.to_string()),
    ]
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
