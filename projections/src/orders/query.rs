//! What is asked of `orders`.

use std::collections::HashMap;

use domain::{OrderId, OrderStatus, ShowId, StreamId, TicketCode, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{OrderRow, OrderView, StoredOrder, StoredTicket, TicketRow, TicketView};
use crate::{
    page::{Page, PageRequest},
    payments,
    viewer::Viewer,
};

/// Which orders a list has. All of them must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderFilter {
    /// Whose business they are.
    pub viewer: Viewer,
    /// Only those in this status.
    pub status: Option<OrderStatus>,
    /// Only those for this show.
    pub show: Option<ShowId>,
    /// Only this customer's.
    pub user: Option<UserId>,
}

/// An order that is the viewer's business, with its payment and tickets. Reads `orders` and `payments`.
///
/// # Errors
/// The database's own.
pub async fn get(
    connection: &mut PgConnection,
    order: OrderId,
    viewer: Viewer,
) -> Result<Option<OrderView>, sqlx::Error> {
    let found: Option<StoredOrder> = sqlx::query_as(include_str!("get.sql"))
        .bind(order.uuid())
        .bind(viewer.customer())
        .bind(viewer.organizer())
        .bind(viewer.sees_all())
        .fetch_optional(&mut *connection)
        .await?;
    let rows = found.map(StoredOrder::row).transpose()?.into_iter().collect();
    Ok(complete(connection, rows).await?.pop())
}

/// A page of orders with their payments and tickets, newest first. Reads `orders` and `payments`.
///
/// # Errors
/// The database's own.
pub async fn list(
    connection: &mut PgConnection,
    filter: OrderFilter,
    page: PageRequest,
) -> Result<Page<OrderView>, sqlx::Error> {
    // Planned anew each time: the best index depends on which filters are there.
    let found: Vec<StoredOrder> = sqlx::query_as(include_str!("list.sql"))
        .persistent(false)
        .bind(filter.viewer.customer())
        .bind(filter.viewer.organizer())
        .bind(filter.viewer.sees_all())
        .bind(filter.status.map(OrderStatus::as_str))
        .bind(filter.show.map(ShowId::uuid))
        .bind(filter.user.map(UserId::uuid))
        .bind(page.before)
        .bind(page.fetch())
        .fetch_all(&mut *connection)
        .await?;
    let rows = found.into_iter().map(StoredOrder::row).collect::<Result<Vec<_>, _>>()?;
    let page = page.cut(rows, |(_, row)| row.created_position);
    Ok(Page { items: complete(connection, page.items).await?, next: page.next })
}

/// A ticket that is the viewer's business.
///
/// # Errors
/// The database's own.
pub async fn ticket(
    connection: &mut PgConnection,
    code: TicketCode,
    viewer: Viewer,
) -> Result<Option<TicketView>, sqlx::Error> {
    let found: Option<StoredTicket> = sqlx::query_as(include_str!("ticket.sql"))
        .bind(code.to_string())
        .bind(viewer.customer())
        .bind(viewer.organizer())
        .bind(viewer.sees_all())
        .fetch_optional(connection)
        .await?;
    Ok(found.map(StoredTicket::row).transpose()?.map(|row| TicketView::new(code, &row)))
}

/// Adds payments and tickets.
async fn complete(
    connection: &mut PgConnection,
    rows: Vec<(StreamId, OrderRow)>,
) -> Result<Vec<OrderView>, sqlx::Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let payments: Vec<Uuid> = rows.iter().map(|(_, row)| row.placed.payment.uuid()).collect();
    let mut payments = payments::of_orders(connection, payments).await?;
    let orders: Vec<Uuid> = rows.iter().map(|(order, _)| order.uuid()).collect();
    let found: Vec<StoredTicket> =
        sqlx::query_as(include_str!("tickets_of.sql")).bind(orders).fetch_all(connection).await?;
    let tickets: HashMap<String, TicketRow> = found
        .into_iter()
        .map(|stored| Ok((stored.code.clone(), stored.row()?)))
        .collect::<Result<_, sqlx::Error>>()?;
    Ok(rows.into_iter().map(|(order, row)| OrderView::new(order, row, &mut payments, &tickets)).collect())
}
