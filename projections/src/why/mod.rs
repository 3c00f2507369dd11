//! Why a seat was, or was not, to be had.
//!
//! Told from the log alone: everything that ever happened to the seat, and what the domain would have answered to
//! whoever asked for it at a moment. The show's inventory is read through, a page at a time; what is kept of it is what
//! concerns the seat.

mod asking;
mod seat;
mod turn;

use std::collections::VecDeque;

use domain::{Decider, DomainEvent, Inventory, SeatRef, Show, ShowId, StreamId};
use event_store::{Past, Position, RecordedEvent, Streams};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

pub use asking::Answer;
pub use seat::{ParseSeatError, Seat, UnknownSeat};
pub use turn::Turn;

use crate::happened::{Happened, Unreadable};
use asking::Asking;

/// The most turns of a seat that are told, the last ones: holds of a few seconds may come and go for months.
const MOST: usize = 10_000;

/// Everything that happened to a seat, and what whoever asked for it would have been told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// The show.
    pub show_id: Uuid,
    /// Its title then.
    pub title: String,
    /// The section's code.
    pub section: String,
    /// The seat within its section.
    pub seat: String,
    /// What happened to the seat, and to the show as a whole, oldest first.
    pub events: Vec<Turn>,
    /// How many of the seat's events were left out, before the first of it that is told.
    pub left_out: u64,
    /// What a request for the seat would have come to.
    pub request: Answer,
}

/// Why it can't be told.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// There was no such show.
    #[error("the log had no show {show} at position {position}")]
    NoShow {
        /// The show.
        show: ShowId,
        /// Where it was looked for.
        position: Position,
    },
    /// The show had no such seat, or several.
    #[error(transparent)]
    Seat(#[from] UnknownSeat),
    /// An event can't be read here, so nothing certain can be said.
    #[error("event {position} can't be read here: {reason}")]
    Unreadable {
        /// The event.
        position: Position,
        /// Why.
        reason: String,
    },
    /// The log can't be read.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Why a seat was, or was not, to be had at a moment. `progress` is told the position that has been read.
///
/// # Errors
/// There was no such show or seat; an event can't be read; the database's own.
pub async fn why(
    connection: &mut PgConnection,
    show: ShowId,
    seat: Seat,
    past: Past,
    progress: &mut dyn FnMut(Position),
) -> Result<Why, WhyError> {
    let (stand, mut turns) = of_show(connection, show, past.position).await?;
    let details = stand.details().ok_or(WhyError::NoShow { show, position: past.position })?;
    let place = seat.find(&details.layout)?;
    let seat = of_seat(connection, show, place, past.position, progress).await?;
    turns.extend(seat.turns);
    turns.sort_by_key(|turn| turn.position);
    let asking = Asking { show, place, past, stand: &stand, inventory: &seat.inventory, turns: &turns };
    let request = asking.answer();
    Ok(Why {
        show_id: show.uuid(),
        title: details.draft.title.clone(),
        section: place.section.into(),
        seat: place.seat.map(String::from).unwrap_or_default(),
        events: turns,
        left_out: seat.left_out,
        request,
    })
}

/// How the show stood, and what led there.
async fn of_show(
    connection: &mut PgConnection,
    show: ShowId,
    until: Position,
) -> Result<(Show, Vec<Turn>), WhyError> {
    let (mut stand, mut turns) = (Show::default(), Vec::new());
    let mut reading = Streams::new([StreamId::show(show)], until);
    while let Some(event) = reading.next(connection).await? {
        if let DomainEvent::Show(_, what) = decoded(&event, StreamId::show(show))? {
            stand.evolve(&what);
            turns.push(Turn::of_show(&event, &what));
        }
    }
    Ok((stand, turns))
}

/// What became of a seat.
#[derive(Debug, Default)]
struct OfSeat {
    /// Only the orders that had the seat: what others have says nothing about it.
    inventory: Inventory,
    turns: VecDeque<Turn>,
    left_out: u64,
}

async fn of_seat(
    connection: &mut PgConnection,
    show: ShowId,
    place: SeatRef,
    until: Position,
    progress: &mut dyn FnMut(Position),
) -> Result<OfSeat, WhyError> {
    let mut told = OfSeat::default();
    let mut reading = Streams::new([StreamId::inventory(show)], until);
    while let Some(event) = reading.next(connection).await? {
        progress(event.position);
        let DomainEvent::Inventory(_, what) = decoded(&event, StreamId::inventory(show))? else { continue };
        if !what.seats().contains(&place) {
            continue;
        }
        told.inventory.evolve(&what);
        told.turns.push_back(Turn::of_seat(&event, &what));
        if told.turns.len() > MOST {
            told.turns.pop_front();
            told.left_out += 1;
        }
    }
    Ok(told)
}

fn decoded(event: &RecordedEvent, stream: StreamId) -> Result<DomainEvent, WhyError> {
    let happened = Happened::decode(event.glimpse(), stream);
    let unreadable =
        |error: Unreadable| WhyError::Unreadable { position: event.position, reason: error.to_string() };
    happened.map(|happened| happened.event).map_err(unreadable)
}
