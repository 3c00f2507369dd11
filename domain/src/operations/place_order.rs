//! An order: seats held, payment awaited, all at once.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{OrderSummary, settle};
use crate::{
    Account, AccountId, Inventory, Money, Operation, Order, OrderId, OrderItem, OrderLine, Payment,
    PaymentId, PaymentMethod, PlacedOrder, Refusal, Show, ShowId, States, StreamId, UnitOfWork, UserId,
    account::AccountCommand,
    inventory::InventoryCommand,
    order::OrderCommand,
    payment::{PaymentCommand, PaymentRequest},
    show::{Pick, ShowDetails, ShowStatus},
};

/// Why a wallet does not pay.
const NO_ACCOUNT: &str = "no_account";
const INSUFFICIENT_FUNDS: &str = "insufficient_funds";

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
    /// Whether somebody here takes cards.
    pub takes_cards: bool,
}

impl Operation for PlaceOrder {
    type Answer = OrderSummary;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        let mut streams = vec![StreamId::show(self.show), StreamId::inventory(self.show)];
        if self.method == PaymentMethod::Wallet
            && let Some(show) = known.known::<Show>(self.show).and_then(Show::details)
        {
            streams.push(StreamId::account(AccountId::of(self.customer, show.draft.currency)));
        }
        streams
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
        match self.method {
            PaymentMethod::Manual | PaymentMethod::Wallet | PaymentMethod::Card if placed.total == 0 => {
                settle::confirm(work, self.order, &placed, None)?;
            }
            PaymentMethod::Manual | PaymentMethod::Card => {}
            PaymentMethod::Wallet => self.pay_from_wallet(work, &placed)?,
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
            PaymentMethod::Manual | PaymentMethod::Wallet => Ok(()),
            PaymentMethod::Card if self.takes_cards => Ok(()),
            PaymentMethod::Card => Err(Refusal::PaymentMethodUnavailable),
        }
    }

    /// Paid at once, or failed at once with its seats free again.
    fn pay_from_wallet(&self, work: &mut UnitOfWork<'_>, placed: &PlacedOrder) -> Result<(), Refusal> {
        let account = AccountId::of(self.customer, placed.currency);
        let amount = placed.total;
        let declined = match *work.state::<Account>(account)? {
            Account::NotOpened => Some(NO_ACCOUNT),
            Account::Open { balance, .. } if balance < amount => Some(INSUFFICIENT_FUNDS),
            Account::Open { .. } => None,
        };
        if let Some(reason) = declined {
            let request = self.payment_request(placed);
            return settle::fail(work, self.payment, &request, reason);
        }
        let debit = AccountCommand::Debit { amount, payment: self.payment, order: self.order };
        work.decide::<Account>(account, debit)?;
        settle::confirm(work, self.order, placed, None)
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
        let request = self.payment_request(placed);
        work.create::<Payment>(self.payment, PaymentCommand::Request(request))
    }

    fn payment_request(&self, placed: &PlacedOrder) -> PaymentRequest {
        PaymentRequest {
            order: self.order,
            show: self.show,
            customer: self.customer,
            amount: placed.total,
            currency: placed.currency,
            method: self.method,
            tax: placed.tax,
        }
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
