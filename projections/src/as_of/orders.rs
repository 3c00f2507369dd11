//! Orders as they were, with their payments and tickets.

use std::collections::HashMap;

use domain::{Category, StreamId, TicketCode};
use event_store::Position;
use sqlx::PgConnection;

use super::{Folded, Halted, Shown, Then, fold};
use crate::{
    orders::{OrderRow, OrderView, Orders, OrdersRow, TicketRow, TicketView},
    payments::{PaymentRow, PaymentView, Payments},
};

/// Some orders, or tickets by themselves.
pub(super) async fn page(
    connection: &mut PgConnection,
    entities: &[StreamId],
    until: Position,
) -> Result<Vec<Then>, sqlx::Error> {
    let Folded { rows, mut halted } = fold::<Orders>(connection, entities, until, |_| {}).await?;
    let (mut orders, mut tickets): (HashMap<StreamId, OrderRow>, HashMap<StreamId, TicketRow>) =
        Default::default();
    for (entity, row) in rows {
        match row {
            OrdersRow::Order(row) => _ = orders.insert(entity, *row),
            OrdersRow::Ticket(row) => _ = tickets.insert(entity, row),
        }
    }
    let parts = Parts::of(connection, orders.values(), until).await?;
    let mut then = Vec::with_capacity(entities.len());
    for entity in entities {
        let told = match (halted.remove(entity), orders.remove(entity), tickets.remove(entity)) {
            (Some(halted), _, _) => Some(Then::Halted(halted)),
            (None, Some(row), _) => Some(parts.complete(*entity, row)),
            (None, None, Some(row)) => Some(Then::Was(Shown::Ticket(TicketView::new(code(*entity), &row)))),
            (None, None, None) => None,
        };
        then.extend(told);
    }
    Ok(then)
}

/// What orders are completed with.
struct Parts {
    payments: Folded<PaymentRow>,
    tickets: HashMap<String, TicketRow>,
    halted: HashMap<StreamId, Halted>,
}

impl Parts {
    async fn of(
        connection: &mut PgConnection,
        orders: impl Iterator<Item = &OrderRow>,
        until: Position,
    ) -> Result<Self, sqlx::Error> {
        let (mut payments, mut codes) = (Vec::new(), Vec::new());
        for order in orders {
            payments.push(StreamId::payment(order.placed.payment));
            codes.extend(order.tickets.iter().map(|code| StreamId::ticket(*code)));
        }
        let payments = fold::<Payments>(connection, &payments, until, |_| {}).await?;
        let Folded { rows, halted } = fold::<Orders>(connection, &codes, until, |_| {}).await?;
        let tickets = rows.into_iter().filter_map(|(entity, row)| match row {
            OrdersRow::Ticket(row) => Some((code(entity).to_string(), row)),
            OrdersRow::Order(_) => None,
        });
        Ok(Self { payments, tickets: tickets.collect(), halted })
    }

    /// The order, unless something it is made of could not be read.
    fn complete(&self, order: StreamId, row: OrderRow) -> Then {
        let payment = StreamId::payment(row.placed.payment);
        let tickets = row.tickets.iter().map(|code| StreamId::ticket(*code));
        let mut tickets = tickets.filter_map(|ticket| self.halted.get(&ticket));
        if let Some(halted) = self.payments.halted.get(&payment).or_else(|| tickets.next()) {
            return Then::Halted(halted.clone());
        }
        let view = self.payments.rows.get(&payment).map(|row| PaymentView::then(payment, row.clone()));
        let mut payments = view.map(|view| (view.payment_id, view)).into_iter().collect();
        Then::Was(Shown::Order(Box::new(OrderView::new(order, row, &mut payments, &self.tickets))))
    }
}

/// The code in the name of a ticket's stream.
fn code(ticket: StreamId) -> TicketCode {
    debug_assert_eq!(ticket.category(), Category::Ticket, "only tickets have codes");
    TicketCode::from_bits(ticket.uuid().as_u128())
}
