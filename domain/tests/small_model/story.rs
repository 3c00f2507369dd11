//! The story of every seat, told from the log alone: free, held, sold, and back, by one order at a time.

use std::collections::HashMap;

use domain::{DomainEvent, InventoryEvent, OrderId, SeatRef, SeatState};

use super::books::{Books, stored};

/// What each order has, as far as it has been told.
type Owned = HashMap<OrderId, (SeatState, Vec<SeatRef>)>;

pub(crate) fn is_legal(books: &Books) -> Result<(), String> {
    let mut owned = Owned::new();
    for event in &books.log {
        let decoded = DomainEvent::decode(event.stream, stored(event)).map_err(|error| error.to_string())?;
        if let DomainEvent::Inventory(_, event) = decoded {
            happens(&event, &mut owned)
                .ok_or_else(|| format!("{event:?} can't have happened after {owned:?}"))?;
        }
    }
    Ok(())
}

fn happens(event: &InventoryEvent, owned: &mut Owned) -> Option<()> {
    match event {
        InventoryEvent::SeatsReserved { order, seats, .. } => {
            let mut others = owned.values().flat_map(|(_, seats)| seats);
            let taken = others.any(|seat| seat.seat.is_some() && seats.contains(seat));
            let first = owned.insert(*order, (SeatState::Held, seats.clone())).is_none();
            (first && !taken).then_some(())
        }
        InventoryEvent::SeatsCommitted { order, seats, .. } => {
            let held = owned.insert(*order, (SeatState::Sold, seats.clone()));
            (held == Some((SeatState::Held, seats.clone()))).then_some(())
        }
        InventoryEvent::SeatsReleased { order, seats, were, .. } => {
            (owned.remove(order) == Some((*were, seats.clone()))).then_some(())
        }
    }
}
