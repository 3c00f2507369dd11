//! What happened to an order, as the log has it.

use chrono::{DateTime, Utc};
use domain::{DomainEvent, OrderEvent, OrderId, PlacedOrder, StreamId};
use event_store::{Position, RecordedEvent, read_stream};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{away, kind::Kind};
use crate::process::Performed;

/// Events of one order, at most; it has a handful.
const EVENTS: i64 = 100;

/// One thing that happened to an order.
#[derive(Debug)]
pub(super) struct Happened {
    pub(super) order: OrderId,
    pub(super) placed: PlacedOrder,
    pub(super) kind: Kind,
    pub(super) event: OrderEvent,
    pub(super) at: DateTime<Utc>,
    pub(super) position: Position,
}

impl Happened {
    /// What `cause` tells. Of that very event: what happened later must not change the words.
    pub(super) async fn read(
        connection: &mut PgConnection,
        order: OrderId,
        cause: Uuid,
    ) -> Result<Self, Performed> {
        let stream = StreamId::order(order);
        let events = read_stream(connection, stream, 0, EVENTS).await.map_err(away)?;
        let (mut placed, mut found) = (None, None);
        for record in &events {
            match decoded(record)? {
                Some(OrderEvent::OrderPlaced(order)) => placed = Some(order),
                Some(event) if record.event_id == cause => found = Some((event, record)),
                Some(_) | None => {}
            }
        }
        let missing = || Performed::Failed(format!("{stream} does not hold the event {cause}"));
        let (placed, (event, record)) = placed.zip(found).ok_or_else(missing)?;
        let kind = Kind::of(&event).ok_or_else(missing)?;
        Ok(Self { order, placed, kind, event, at: record.recorded_at, position: record.position })
    }

    /// What the notification of it is called.
    pub(super) fn notification(&self) -> Uuid {
        self.kind.notification(self.order)
    }
}

fn decoded(record: &RecordedEvent) -> Result<Option<OrderEvent>, Performed> {
    let unreadable =
        |error: &dyn std::fmt::Display| Performed::Failed(format!("position {}: {error}", record.position));
    let stored = record.stored().map_err(|error| unreadable(&error))?;
    let stream = record.stream().map_err(|error| unreadable(&error))?;
    match DomainEvent::decode(stream, stored).map_err(|error| unreadable(&error))? {
        DomainEvent::Order(_, event) => Ok(Some(event)),
        DomainEvent::Show(..)
        | DomainEvent::Inventory(..)
        | DomainEvent::Payment(..)
        | DomainEvent::Ticket(..)
        | DomainEvent::Account(..) => Ok(None),
    }
}
