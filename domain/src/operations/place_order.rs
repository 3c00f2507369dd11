//! An order: seats held, payment awaited, all at once.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{OrderSummary, settle};
use crate::{
    Inventory, Money, Operation, Order, OrderId, OrderItem, OrderLine, Payment, PaymentId, PaymentMethod,
    PlacedOrder, Refusal, Show, ShowId, States, StreamId, UnitOfWork, UserId,
    inventory::InventoryCommand,
    order::OrderCommand,
    payment::{PaymentCommand, PaymentRequest},
    show::{Pick, ShowDetails, ShowStatus},
};

/// Order seats at a show.
#[derive(Debug, Clone)]
pub struct PlaceOrder {
    /// The id made for the order.
    pub order: OrderId,
    /// The id made for its payment.
    pub payment: PaymentId,
    /// Who orders.
    pub customer: UserId,
    /// The show.
    pub show: ShowId,
    /// How it is to be paid.
    pub method: PaymentMethod,
    /// What is wanted.
    pub items: Vec<OrderItem>,
}

impl Operation for PlaceOrder {
    type Answer = OrderSummary;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![StreamId::show(self.show), StreamId::inventory(self.show)]
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<OrderSummary, Refusal> {
        work.correlate(self.order.uuid());
        if self.is_placed(work) {
            return OrderSummary::of(self.order, work);
        }
        let show = self.published_show(work)?;
        let picks = show.layout.select(&self.items).map_err(|errors| Refusal::Invalid { errors })?;
        self.method_is_available()?;
        if !work.state::<Show>(self.show)?.sells_at(work.now()) {
            return Err(Refusal::ShowNotOnSale);
        }
        let placed = self.reserve(work, &show, &picks)?;
        self.request_payment(work, &placed)?;
        if placed.total == 0 {
            settle::confirm(work, self.order, &placed)?;
        }
        OrderSummary::of(self.order, work)
    }
}

impl PlaceOrder {
    /// Whether this very order was placed before. Settled since, it holds no seats, and the inventory can't tell it
    /// from a new one. Only asked of what is at hand: an id made for an order names nothing that would have to be
    /// loaded, and the log itself takes no stream's first event twice.
    fn is_placed(&self, work: &UnitOfWork<'_>) -> bool {
        work.version::<Order>(self.order).is_ok_and(|version| version > 0)
    }

    /// A draft does not exist for those who buy.
    fn published_show(&self, work: &UnitOfWork<'_>) -> Result<Arc<ShowDetails>, Refusal> {
        let show = work.state::<Show>(self.show)?;
        match show.status() {
            None | Some(ShowStatus::Draft) => Err(Refusal::NotFound),
            Some(ShowStatus::OnSale | ShowStatus::Closed | ShowStatus::Cancelled) => {
                show.details().cloned().ok_or(Refusal::NotFound)
            }
        }
    }

    fn method_is_available(&self) -> Result<(), Refusal> {
        match self.method {
            PaymentMethod::Manual => Ok(()),
            PaymentMethod::Wallet | PaymentMethod::Card => Err(Refusal::PaymentMethodUnavailable),
        }
    }

    fn reserve(
        &self,
        work: &mut UnitOfWork<'_>,
        show: &ShowDetails,
        picks: &[Pick],
    ) -> Result<PlacedOrder, Refusal> {
        let until = work.now() + TimeDelta::seconds(show.draft.hold_seconds.into());
        let (order, customer) = (self.order, self.customer);
        let limit = show.draft.max_per_customer;
        work.decide::<Inventory>(
            self.show,
            InventoryCommand::Reserve { order, customer, picks, limit, until },
        )?;
        let lines = self.lines(work, show)?;
        let (subtotal, tax, total) = price(show, &lines)?;
        let placed = PlacedOrder {
            customer,
            show: self.show,
            organizer: show.organizer,
            payment: self.payment,
            title: show.draft.title.clone(),
            lines,
            subtotal: subtotal.minor,
            tax_basis_points: show.draft.tax_basis_points,
            tax: tax.minor,
            total: total.minor,
            currency: show.draft.currency,
            method: self.method,
            held_until: until,
            created_at: work.now(),
        };
        work.create::<Order>(order, OrderCommand::Place(placed.clone()))?;
        Ok(placed)
    }

    /// The seats that were chosen, at the prices of this moment.
    fn lines(&self, work: &UnitOfWork<'_>, show: &ShowDetails) -> Result<Vec<OrderLine>, Refusal> {
        let inventory = work.state::<Inventory>(self.show)?;
        let holding = inventory.holding(self.order).ok_or(Refusal::NotFound)?;
        let line = |seat: &crate::SeatRef| {
            let price = show.layout.section(seat.section)?.price;
            Some(OrderLine { section: seat.section, seat: seat.seat, price })
        };
        holding.seats.iter().map(line).collect::<Option<_>>().ok_or(Refusal::NotFound)
    }

    fn request_payment(&self, work: &mut UnitOfWork<'_>, placed: &PlacedOrder) -> Result<(), Refusal> {
        let request = PaymentRequest {
            order: self.order,
            show: self.show,
            customer: self.customer,
            amount: placed.total,
            currency: placed.currency,
            method: self.method,
        };
        work.create::<Payment>(self.payment, PaymentCommand::Request(request))
    }
}

/// Subtotal, tax and total of the lines.
fn price(show: &ShowDetails, lines: &[OrderLine]) -> Result<(Money, Money, Money), Refusal> {
    let currency = show.draft.currency;
    let priced = || {
        let sum = |sum: Money, line: &OrderLine| sum.checked_add(Money { minor: line.price, currency });
        let subtotal = lines.iter().try_fold(Money::zero(currency), sum)?;
        let tax = subtotal.tax(show.draft.tax_basis_points)?;
        Some((subtotal, tax, subtotal.checked_add(tax)?))
    };
    priced().ok_or_else(|| Refusal::invalid("/items", "the total is larger than an amount can be"))
}
