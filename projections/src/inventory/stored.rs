//! Inventories as Postgres takes them and hands them out.

use std::collections::BTreeMap;

use domain::{Code, SeatName, StreamId};
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::{InventoryRow, SectionRow, Taken};
use crate::sql::AsJson;

#[derive(FromRow)]
pub(super) struct Stored {
    pub(super) show_id: Uuid,
    pub(super) sections: Json<Vec<SectionRow>>,
}

impl Stored {
    pub(super) fn row(self) -> (StreamId, InventoryRow) {
        let row = InventoryRow { sections: self.sections.0, seats: BTreeMap::new() };
        (StreamId::inventory(self.show_id.into()), row)
    }
}

type Rows = [(StreamId, InventoryRow)];

pub(super) async fn save_totals(connection: &mut PgConnection, rows: &Rows) -> Result<(), sqlx::Error> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    sqlx::query(include_str!("save.sql"))
        .bind(rows.iter().map(|(show, _)| show.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| number(row.capacity())).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| number(row.held())).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| number(row.sold())).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| AsJson(&row.sections)).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn save_taken(connection: &mut PgConnection, rows: &Rows) -> Result<(), sqlx::Error> {
    let taken: Vec<(Uuid, Code, SeatName, Taken)> =
        seats(rows).filter_map(|(show, section, seat, taken)| Some((show, section, seat, taken?))).collect();
    if taken.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("save_taken.sql"))
        .bind(taken.iter().map(|(show, ..)| *show).collect::<Vec<_>>())
        .bind(taken.iter().map(|(_, section, ..)| section.as_str()).collect::<Vec<_>>())
        .bind(taken.iter().map(|(_, _, seat, _)| seat.row.as_str()).collect::<Vec<_>>())
        .bind(taken.iter().map(|(_, _, seat, _)| number(*seat)).collect::<Vec<_>>())
        .bind(taken.iter().map(|(.., taken)| taken.state.as_str()).collect::<Vec<_>>())
        .bind(taken.iter().map(|(.., taken)| taken.order.uuid()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn save_available(connection: &mut PgConnection, rows: &Rows) -> Result<(), sqlx::Error> {
    let available: Vec<(Uuid, Code, SeatName)> = seats(rows)
        .filter_map(|(show, section, seat, taken)| taken.is_none().then_some((show, section, seat)))
        .collect();
    if available.is_empty() {
        return Ok(());
    }
    sqlx::query(include_str!("save_available.sql"))
        .bind(available.iter().map(|(show, ..)| *show).collect::<Vec<_>>())
        .bind(available.iter().map(|(_, section, _)| section.as_str()).collect::<Vec<_>>())
        .bind(available.iter().map(|(.., seat)| seat.row.as_str()).collect::<Vec<_>>())
        .bind(available.iter().map(|(.., seat)| number(*seat)).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

fn seats(rows: &Rows) -> impl Iterator<Item = (Uuid, Code, SeatName, Option<Taken>)> {
    rows.iter().flat_map(|(show, row)| {
        row.seats.iter().map(|((section, seat), taken)| (show.uuid(), *section, *seat, *taken))
    })
}

/// A show has at most 100,000 seats.
fn number(seat: SeatName) -> i32 {
    i32::try_from(seat.number).unwrap_or(i32::MAX)
}
