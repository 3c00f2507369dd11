//! `stagedoor events show`.

use domain::StreamId;
use event_store::{LogReader, Position, Selection, Walk};

use super::{
    print::{Detail, print},
    select::{selection, within},
};
use crate::{
    cli::{Between, Like},
    failure::Failure,
    output::Progress,
    settings::Settings,
};

const EXAMPLE: &str =
    "a position such as 42, a stream such as order-<id>, or a filter such as --type OrderPlaced";

pub(super) async fn run(
    settings: &Settings,
    json: bool,
    what: Option<&str>,
    between: Between,
    like: Like,
) -> Result<(), Failure> {
    let mut log = LogReader::new(settings.reader()?, "cli");
    let asked = selection(between, like)?;
    let unfiltered = asked == Selection::default();
    match what {
        None if unfiltered => Err(Failure::usage("nothing was asked for", EXAMPLE)),
        None => all(log, json, asked).await,
        Some(what) => match what.parse::<Position>() {
            Ok(position) if unfiltered => one(&mut log, json, position).await,
            Ok(_) => Err(Failure::usage("there is one event at a position", "leave out the other options")),
            Err(_) => all(log, json, of_stream(what, asked)?).await,
        },
    }
}

fn of_stream(what: &str, asked: Selection) -> Result<Selection, Failure> {
    let stream: StreamId = what.parse().map_err(|error| Failure::usage(error, EXAMPLE))?;
    if asked.stream.is_some_and(|other| other != stream) {
        return Err(Failure::usage("two streams were named", "leave out --stream-id"));
    }
    Ok(Selection { stream: Some(stream), ..asked })
}

async fn one(log: &mut LogReader, json: bool, position: Position) -> Result<(), Failure> {
    let event = log.at(position).await?;
    let event =
        event.ok_or_else(|| Failure::Fault(format!("the log has no event at position {position}")))?;
    print(&event, json, Detail::Whole)
}

async fn all(mut log: LogReader, json: bool, asked: Selection) -> Result<(), Failure> {
    let head = log.head().await?.position;
    within(&asked, head)?;
    let (until, mut found) = (asked.to.unwrap_or(head), 0_usize);
    let nothing = nothing(&asked);
    let mut walk = Walk::new(log, asked);
    let mut progress = Progress::new("positions looked at");
    while let Some(page) = walk.next(head).await? {
        if !page.events.is_empty() {
            progress.end();
        }
        found += page.events.len();
        page.events.iter().try_for_each(|event| print(event, json, Detail::Whole))?;
        progress.tell(page.position, until);
    }
    progress.end();
    if found == 0 { Err(nothing) } else { Ok(()) }
}

fn nothing(asked: &Selection) -> Failure {
    let only_a_stream = Selection { stream: asked.stream, ..Selection::default() };
    Failure::Fault(match asked.stream {
        Some(stream) if *asked == only_a_stream => format!("the log has no stream {stream}"),
        Some(_) | None => "the log has no event like that".to_owned(),
    })
}
