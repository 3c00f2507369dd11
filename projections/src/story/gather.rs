//! Finding all that belongs to an order, without an index that would cost every append.
//!
//! An order names its payment, a confirmed one its tickets: those streams are read whole. The rest, what became of seats
//! and of the customer's account, was decided by the same commands, and the events of a command lie side by side in the
//! log. So the log is read from each event on, in both directions, as far as command and order are the same. A command
//! about many orders, as when a show is cancelled, settles one after the other: what lies beyond another order's event
//! is not this one's.

use std::collections::BTreeMap;

use domain::{DomainEvent, OrderEvent, OrderId, StreamId};
use event_store::{Position, RecordedEvent, events_of, stretches};
use sqlx::PgConnection;

use super::seen::{Concern, Seen, Subject};

/// Events read at first beside each event: the next, and what shows that there are no more. Four times as many each
/// further time.
const BESIDE: Position = 2;

/// Far more events than any order comes to; a damaged log must not make more of them.
const MOST: usize = 2_000;

type Known = BTreeMap<Position, Seen>;

/// All that belongs to an order up to a position, in the order of the log.
pub(super) async fn gather(
    connection: &mut PgConnection,
    order: OrderId,
    until: Position,
) -> Result<Vec<Seen>, sqlx::Error> {
    let mut subject = Subject { order, streams: vec![StreamId::order(order)] };
    let mut known = seen(events_of(connection, &subject.streams, until).await?);
    let named: Vec<StreamId> = known.values().flat_map(named).collect();
    if !named.is_empty() {
        known.extend(seen(events_of(connection, &named, until).await?));
        subject.streams.extend(named);
    }
    widen(connection, &subject, &mut known, until).await?;
    Ok(known.into_values().filter(|seen| subject.concern(seen) == Concern::Ours).collect())
}

fn seen(events: Vec<RecordedEvent>) -> Known {
    events.into_iter().map(|event| (event.position, Seen::new(event))).collect()
}

/// The streams that an order's event names as the order's own.
fn named(seen: &Seen) -> Vec<StreamId> {
    match &seen.event {
        Some(DomainEvent::Order(_, event)) => match event {
            OrderEvent::OrderPlaced(placed) => vec![StreamId::payment(placed.payment)],
            OrderEvent::OrderConfirmed { tickets, .. } => {
                tickets.iter().map(|code| StreamId::ticket(*code)).collect()
            }
            OrderEvent::OrderFailed { .. }
            | OrderEvent::OrderCancelled {}
            | OrderEvent::OrderExpired {}
            | OrderEvent::OrderRefunded {} => vec![],
        },
        Some(
            DomainEvent::Show(..)
            | DomainEvent::Inventory(..)
            | DomainEvent::Payment(..)
            | DomainEvent::Ticket(..)
            | DomainEvent::Account(..),
        )
        | None => vec![],
    }
}

/// Reads on from each event as long as what is found belongs to it.
async fn widen(
    connection: &mut PgConnection,
    subject: &Subject,
    known: &mut Known,
    until: Position,
) -> Result<(), sqlx::Error> {
    let own: Vec<Position> = known.keys().copied().collect();
    let mut reach = BESIDE;
    loop {
        let edges = own.iter().flat_map(|&from| [-1, 1].map(|step| edge(subject, known, from, step)));
        let wanted = edges.flatten().filter(|edge| (1..=until).contains(&edge.position));
        let wanted = together(wanted.map(|edge| edge.stretch(reach, until)).collect());
        let before = known.len();
        if wanted.is_empty() || before >= MOST {
            return Ok(());
        }
        for event in stretches(connection, &wanted).await? {
            known.entry(event.position).or_insert_with(|| Seen::new(event));
        }
        // Positions have no gaps; in a damaged log they may.
        if known.len() == before {
            return Ok(());
        }
        reach *= 4;
    }
}

/// Where what is known ends, and may go on.
#[derive(Debug, Clone, Copy)]
struct Edge {
    position: Position,
    /// Away from what is known.
    step: Position,
}

impl Edge {
    /// So many events from here on.
    fn stretch(self, count: Position, until: Position) -> (Position, Position) {
        if self.step < 0 {
            (self.position - count + 1, self.position)
        } else {
            (self.position, self.position.saturating_add(count - 1).min(until))
        }
    }
}

/// The first position from an event on that is not known and may belong to it; `None` if what does not belong to it
/// comes first.
fn edge(subject: &Subject, known: &Known, from: Position, step: Position) -> Option<Edge> {
    let command = known.get(&from)?;
    let mut position = from + step;
    while let Some(seen) = known.get(&position) {
        if !seen.is_of_the_command_of(command) || subject.concern(seen) == Concern::Others {
            return None;
        }
        position += step;
    }
    Some(Edge { position, step })
}

/// The same stretches, each position once.
fn together(mut stretches: Vec<(Position, Position)>) -> Vec<(Position, Position)> {
    stretches.sort_unstable();
    let mut apart: Vec<(Position, Position)> = Vec::with_capacity(stretches.len());
    for (first, last) in stretches {
        match apart.last_mut() {
            Some(before) if first <= before.1 + 1 => before.1 = before.1.max(last),
            Some(_) | None => apart.push((first, last)),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_position_is_read_twice() {
        let apart = together(vec![(8, 9), (1, 3), (3, 4), (5, 5), (2, 3), (8, 8)]);
        assert_eq!(apart, [(1, 5), (8, 9)]);
        assert_eq!(together(vec![]), []);
    }
}
