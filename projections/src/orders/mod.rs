//! `orders`: every order as it stands, and its tickets.

mod query;
mod row;
mod stored;
mod view;

use std::collections::HashMap;

use domain::{Category, DomainEvent, StreamId};
use sqlx::PgConnection;

pub use query::{OrderFilter, get, list, ticket};
pub use row::{OrderRow, OrdersRow, TicketRow};
use stored::{StoredOrder, StoredTicket};
pub use view::{OrderLineView, OrderTicketView, OrderView, TicketView};

use crate::{
    happened::Happened,
    read_model::{Misfit, ReadModel},
    sql,
};

/// The read model. Orders and tickets are entities of their own: a damaged ticket does not hold up its order.
#[derive(Debug)]
pub struct Orders;

impl ReadModel for Orders {
    const NAME: &'static str = "orders";
    const VERSION: i32 = 1;
    type Row = OrdersRow;

    fn entity(stream: StreamId) -> Option<StreamId> {
        match stream.category() {
            Category::Order | Category::Ticket => Some(stream),
            Category::Show | Category::Inventory | Category::Payment | Category::Account => None,
        }
    }

    fn fold(row: Option<OrdersRow>, event: &Happened) -> Result<OrdersRow, Misfit> {
        match (&event.event, row) {
            (DomainEvent::Order(_, what), None) => OrderRow::fold(None, what, event).map(OrdersRow::order),
            (DomainEvent::Order(_, what), Some(OrdersRow::Order(row))) => {
                OrderRow::fold(Some(*row), what, event).map(OrdersRow::order)
            }
            (DomainEvent::Ticket(_, what), None) => TicketRow::fold(None, what, event).map(OrdersRow::Ticket),
            (DomainEvent::Ticket(_, what), Some(OrdersRow::Ticket(row))) => {
                TicketRow::fold(Some(row), what, event).map(OrdersRow::Ticket)
            }
            (DomainEvent::Order(..), Some(OrdersRow::Ticket(_)))
            | (DomainEvent::Ticket(..), Some(OrdersRow::Order(_)))
            | (
                DomainEvent::Show(..)
                | DomainEvent::Inventory(..)
                | DomainEvent::Payment(..)
                | DomainEvent::Account(..),
                _,
            ) => Err(Misfit::not_concerned(event)),
        }
    }

    async fn load(
        connection: &mut PgConnection,
        entities: &[StreamId],
    ) -> Result<Vec<(StreamId, OrdersRow)>, sqlx::Error> {
        let (orders, tickets): (Vec<StreamId>, Vec<StreamId>) =
            entities.iter().partition(|entity| entity.category() == Category::Order);
        let codes: HashMap<String, StreamId> =
            tickets.into_iter().map(|entity| (stored::code(entity).to_string(), entity)).collect();
        let mut rows = Vec::with_capacity(entities.len());
        if !orders.is_empty() {
            let query = sqlx::query_as(include_str!("load.sql")).bind(sql::uuids(&orders));
            let found: Vec<StoredOrder> = query.fetch_all(&mut *connection).await?;
            for stored in found {
                let (order, row) = stored.row()?;
                rows.push((order, OrdersRow::order(row)));
            }
        }
        if !codes.is_empty() {
            let query =
                sqlx::query_as(include_str!("load_tickets.sql")).bind(codes.keys().collect::<Vec<_>>());
            let found: Vec<StoredTicket> = query.fetch_all(connection).await?;
            for stored in found {
                let Some(entity) = codes.get(&stored.code) else { continue };
                rows.push((*entity, OrdersRow::Ticket(stored.row()?)));
            }
        }
        Ok(rows)
    }

    async fn save(connection: &mut PgConnection, rows: &[(StreamId, OrdersRow)]) -> Result<(), sqlx::Error> {
        write(connection, rows, stored::SAVE, stored::SAVE_TICKETS).await
    }

    async fn insert(
        connection: &mut PgConnection,
        rows: &[(StreamId, OrdersRow)],
    ) -> Result<(), sqlx::Error> {
        let (orders, tickets) = (sql::insert_only(stored::SAVE), sql::insert_only(stored::SAVE_TICKETS));
        write(connection, rows, orders, tickets).await
    }
}

async fn write(
    connection: &mut PgConnection,
    rows: &[(StreamId, OrdersRow)],
    save_orders: &'static str,
    save_tickets: &'static str,
) -> Result<(), sqlx::Error> {
    let (mut orders, mut tickets) = (Vec::new(), Vec::new());
    for (entity, row) in rows {
        match row {
            OrdersRow::Order(row) => orders.push((*entity, row.as_ref())),
            OrdersRow::Ticket(row) => tickets.push((*entity, row)),
        }
    }
    if !orders.is_empty() {
        stored::write_orders(connection, &orders, save_orders).await?;
    }
    if !tickets.is_empty() {
        stored::write_tickets(connection, &tickets, save_tickets).await?;
    }
    Ok(())
}
