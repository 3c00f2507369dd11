//! `inventory`: how many of a show's seats are held and sold, and which.

mod query;
mod row;
mod seats;
mod stored;

use domain::{Category, DomainEvent, StreamId};
use sqlx::PgConnection;

pub use query::{InventorySectionView, InventoryView, get, list};
pub use row::{InventoryRow, SectionRow, Taken};
pub use seats::{MAX_SEATS, ParseSeatPlaceError, SeatPage, SeatPlace, SeatView, seats};
use stored::Stored;

use crate::{
    happened::Happened,
    read_model::{Misfit, ReadModel},
    sql,
};

/// The read model. A show's own events bring its sections, those of its inventory what became of the seats; both
/// belong to one entity, the inventory.
#[derive(Debug)]
pub struct Inventory;

impl ReadModel for Inventory {
    const NAME: &'static str = "inventory";
    const VERSION: i32 = 1;
    type Row = InventoryRow;

    fn entity(stream: StreamId) -> Option<StreamId> {
        match stream.category() {
            Category::Show | Category::Inventory => Some(StreamId::inventory(stream.uuid().into())),
            Category::Order | Category::Payment | Category::Ticket | Category::Account => None,
        }
    }

    /// The show comes first; the first event of the inventory itself follows it.
    fn begins(event: &Happened) -> bool {
        event.version == 1 && matches!(event.event, DomainEvent::Show(..))
    }

    fn fold(row: Option<InventoryRow>, event: &Happened) -> Result<InventoryRow, Misfit> {
        match &event.event {
            DomainEvent::Show(_, what) => InventoryRow::plan(row, what, event),
            DomainEvent::Inventory(_, what) => {
                let mut row = row.ok_or_else(|| Misfit::no_row(event))?;
                row.change(what, event)?;
                Ok(row)
            }
            DomainEvent::Order(..)
            | DomainEvent::Payment(..)
            | DomainEvent::Ticket(..)
            | DomainEvent::Account(..) => Err(Misfit::not_concerned(event)),
        }
    }

    async fn load(
        connection: &mut PgConnection,
        entities: &[StreamId],
    ) -> Result<Vec<(StreamId, InventoryRow)>, sqlx::Error> {
        let found: Vec<Stored> =
            sqlx::query_as(include_str!("load.sql")).bind(sql::uuids(entities)).fetch_all(connection).await?;
        Ok(found.into_iter().map(Stored::row).collect())
    }

    async fn save(
        connection: &mut PgConnection,
        rows: &[(StreamId, InventoryRow)],
    ) -> Result<(), sqlx::Error> {
        stored::save_totals(connection, rows).await?;
        stored::save_taken(connection, rows).await?;
        stored::save_available(connection, rows).await
    }
}
