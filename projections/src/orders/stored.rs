//! Orders and tickets as Postgres takes them and hands them out.

use std::str::FromStr;

use domain::{IssuedTicket, OrderStatus, PlacedOrder, StreamId, TicketCode, TicketStatus};
use event_store::Position;
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::{OrderRow, TicketRow};
use crate::sql::{self, AsJson};

/// For [`write_orders`].
pub(super) const SAVE: &str = include_str!("save.sql");
/// For [`write_tickets`].
pub(super) const SAVE_TICKETS: &str = include_str!("save_tickets.sql");

#[derive(FromRow)]
pub(super) struct StoredOrder {
    order_id: Uuid,
    status: String,
    reason: Option<String>,
    placed: Json<PlacedOrder>,
    tickets: Vec<String>,
    created_position: Position,
    position: Position,
}

#[derive(FromRow)]
pub(super) struct StoredTicket {
    pub(super) code: String,
    status: String,
    ticket: Json<IssuedTicket>,
}

impl StoredOrder {
    pub(super) fn row(self) -> Result<(StreamId, OrderRow), sqlx::Error> {
        let tickets = self.tickets.iter().map(|code| code.parse()).collect::<Result<Vec<TicketCode>, _>>();
        let row = OrderRow {
            placed: self.placed.0,
            status: OrderStatus::from_str(&self.status).map_err(sql::undecodable)?,
            reason: self.reason,
            tickets: tickets.map_err(sql::undecodable)?,
            created_position: self.created_position,
            position: self.position,
        };
        Ok((StreamId::order(self.order_id.into()), row))
    }
}

impl StoredTicket {
    pub(super) fn row(self) -> Result<TicketRow, sqlx::Error> {
        let status = TicketStatus::from_str(&self.status).map_err(sql::undecodable)?;
        Ok(TicketRow { ticket: self.ticket.0, status })
    }
}

/// The code in the name of a ticket's stream.
pub(super) fn code(ticket: StreamId) -> TicketCode {
    TicketCode::from_bits(ticket.uuid().as_u128())
}

/// Writes orders with [`SAVE`], or with the first part of it.
pub(super) async fn write_orders(
    connection: &mut PgConnection,
    rows: &[(StreamId, &OrderRow)],
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement)
        .bind(rows.iter().map(|(order, _)| order.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.placed.customer.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.placed.organizer.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.placed.show.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.placed.payment.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.status.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.reason.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.placed.total).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.placed.currency.code()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| AsJson(&row.placed)).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| codes(row)).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.created_position).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.position).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ticket codes as one text: Postgres has no arrays of arrays of different lengths.
fn codes(row: &OrderRow) -> String {
    row.tickets.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Writes tickets with [`SAVE_TICKETS`], or with the first part of it.
pub(super) async fn write_tickets(
    connection: &mut PgConnection,
    rows: &[(StreamId, &TicketRow)],
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement)
        .bind(rows.iter().map(|(entity, _)| code(*entity).to_string()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.ticket.order.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.status.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| AsJson(&row.ticket)).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}
