//! An order's whole story: who did what, when and why, and how everything stood after each step.
//!
//! Told from the log alone. What belongs to an order lies in its own streams and, beside their events, in the same
//! commands: those are read, never a hot show's inventory. How things stood is what the domain's own aggregates make of
//! the events.

mod accounts;
mod asked;
mod entry;
mod gather;
mod seen;
mod state;
mod words;

use domain::{AccountEvent, DomainEvent, OrderEvent, OrderId, PlacedOrder, StreamId};
use event_store::{Position, find_in_stream};
use sqlx::PgConnection;
use uuid::Uuid;

pub use asked::Asked;
pub use entry::{ActorKind, HistoryActor, HistoryCause, HistoryEntry};
pub use state::{HistoryAccount, HistoryState, HistoryTickets};

use asked::Step;
use seen::Seen;
use state::Standing;

/// An order's story.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Story {
    /// The order.
    pub order_id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// What happened, oldest first.
    pub entries: Vec<HistoryEntry>,
}

/// The story of an order up to a position; `None` if there was no such order.
///
/// # Errors
/// The database's own.
pub async fn story(
    connection: &mut PgConnection,
    order: OrderId,
    until: Position,
) -> Result<Option<Story>, sqlx::Error> {
    let seen = gather::gather(connection, order, until).await?;
    let Some(placed) = seen.iter().find_map(placed).cloned() else { return Ok(None) };
    let mut standing = Standing::default();
    let mut entries = Vec::with_capacity(seen.len());
    for step in asked::steps(&seen) {
        let cause = cause(connection, &seen, &placed, &step).await?;
        for event in step.events {
            standing.apply(event);
            if let Some(DomainEvent::Account(account, _)) = &event.event {
                let version = event.record.version;
                standing.account = accounts::at(connection, *account, version).await?;
            }
            entries.push(HistoryEntry::new(event, &step, &placed, cause.clone(), &standing));
        }
    }
    Ok(Some(Story { order_id: order.uuid(), user_id: placed.customer.uuid(), entries }))
}

impl Story {
    /// The same without what the customer has in their account: that is nobody's business but theirs and the box
    /// office's.
    #[must_use]
    pub fn without_balances(mut self) -> Self {
        self.entries.iter_mut().for_each(|entry| entry.state.account = None);
        self
    }
}

fn placed(seen: &Seen) -> Option<&PlacedOrder> {
    match &seen.event {
        Some(DomainEvent::Order(_, OrderEvent::OrderPlaced(placed))) => Some(placed),
        Some(
            DomainEvent::Order(
                _,
                OrderEvent::OrderConfirmed { .. }
                | OrderEvent::OrderFailed { .. }
                | OrderEvent::OrderCancelled {}
                | OrderEvent::OrderExpired {}
                | OrderEvent::OrderRefunded {},
            )
            | DomainEvent::Show(..)
            | DomainEvent::Inventory(..)
            | DomainEvent::Payment(..)
            | DomainEvent::Ticket(..)
            | DomainEvent::Account(..),
        )
        | None => None,
    }
}

/// The event that led to a step. It is the order's own or, for a cancellation, the show's.
async fn cause(
    connection: &mut PgConnection,
    seen: &[Seen],
    placed: &PlacedOrder,
    step: &Step<'_>,
) -> Result<Option<HistoryCause>, sqlx::Error> {
    let Some(causation) = step.metadata.and_then(|metadata| metadata.causation) else { return Ok(None) };
    let own = seen.iter().map(|seen| &seen.record).find(|record| record.event_id == causation).cloned();
    let found = match own {
        Some(record) => Some(record),
        None => find_in_stream(connection, StreamId::show(placed.show), causation).await?,
    };
    Ok(found.map(|record| HistoryCause { position: record.position, r#type: record.event_type }))
}

/// The order that an event of an account is about.
const fn order_of(event: &AccountEvent) -> Option<OrderId> {
    match event {
        AccountEvent::FundsDebited { order, .. } | AccountEvent::FundsCredited { order, .. } => Some(*order),
        AccountEvent::AccountOpened { .. } | AccountEvent::FundsDeposited { .. } => None,
    }
}
