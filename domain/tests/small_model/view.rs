//! A state as anybody can see it. Two ways that lead to equal views lead to the same place: time counts only as what is
//! left of a hold, and a ticket's code only as the order and seat that it stands for.

use domain::{
    Account, AccountId, Inventory, Order, OrderId, OrderStatus, Payment, PaymentStatus, SeatName, SeatRef,
    SeatState, Show, ShowStatus, State, Ticket, TicketCode, TicketStatus, inventory::Holding,
};

use super::{
    ask::{Number, ORDERS, order, payment},
    books::{Books, TICK},
    ledger::{Booked, Passed},
    scene::Scene,
    support::{customer, show_id},
};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    pub(crate) show: Option<ShowStatus>,
    pub(crate) orders: [OrderView; 2],
    /// Of the order's buyer, who may have both.
    pub(crate) accounts: [AccountView; 2],
    /// In the inventory's own words: who has what.
    pub(crate) holdings: Vec<Holding>,
    /// What it counts besides: seats held and sold, in all and by order's customer.
    pub(crate) counts: (u32, u32),
    pub(crate) customers: [u32; 2],
    /// Whether it says of seats 1 and 2 that they are taken.
    pub(crate) taken: [bool; 2],
    /// Tickets that belong to neither order.
    pub(crate) stray_tickets: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderView {
    pub(crate) status: Option<OrderStatus>,
    pub(crate) money: Option<Money>,
    /// What the log says of it.
    pub(crate) booked: Booked,
    pub(crate) seats: Vec<SeatRef>,
    /// What they cost, as the order has it.
    pub(crate) total: i64,
    /// Half holds left; 0 at its end, -1 after it.
    pub(crate) left: i64,
    /// What the inventory holds for it.
    pub(crate) holding: Option<(SeatState, Vec<SeatRef>)>,
    /// Every ticket that says it is this order's, oldest first.
    pub(crate) tickets: Vec<(TicketStatus, SeatRef)>,
    /// Those that the order lists, by their place among them.
    pub(crate) listed: Vec<Option<usize>>,
}

/// Where a payment stands; while its money is on its way back, others are told that it succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Money {
    Awaited,
    Taken,
    Failed,
    Cancelled,
    Returning,
    Returned,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AccountView {
    pub(crate) balance: Option<i64>,
    /// What the log says of it.
    pub(crate) passed: Passed,
}

impl View {
    pub(crate) fn of(books: &Books, scene: &Scene) -> Self {
        let inventory: Inventory = books.state(show_id());
        let section = books.state::<Show>(show_id()).details().unwrap().layout.sections()[0].code;
        let counts = inventory.counts(section);
        let row = "A".parse().unwrap();
        let taken = [1, 2].map(|number| inventory.is_taken(section, SeatName { row, number }));
        Self {
            show: books.state::<Show>(show_id()).status(),
            orders: ORDERS.map(|number| OrderView::of(books, number, &inventory)),
            accounts: scene.buyers.map(|buyer| AccountView::of(books, account(scene, buyer))),
            counts: (counts.held, counts.sold),
            customers: scene.buyers.map(|buyer| inventory.seats_of(customer(buyer))),
            taken,
            stray_tickets: tickets(books)
                .filter(|(_, ticket)| !ORDERS.map(order).contains(&ticket.issued().unwrap().order))
                .count(),
            holdings: inventory.into(),
        }
    }

    /// Equal for equal views.
    pub(crate) fn key(&self) -> String {
        format!("{self:?}")
    }
}

impl OrderView {
    fn of(books: &Books, number: Number, inventory: &Inventory) -> Self {
        let (id, payment) = (order(number), payment(number));
        let state: Order = books.state(id);
        let lines = state.placed().map(|placed| placed.lines.clone()).unwrap_or_default();
        let holding = inventory.holding(id);
        let issued = tickets_of(books, id);
        let place = |listed: &TicketCode| issued.iter().position(|(code, _)| code == listed);
        Self {
            status: state.status(),
            money: Money::of(&books.state(payment)),
            booked: books.ledger.of(payment),
            seats: lines.iter().map(|line| SeatRef { section: line.section, seat: line.seat }).collect(),
            total: state.placed().map_or(0, |placed| placed.total),
            left: left(&state, books),
            holding: holding.map(|holding| (holding.state, holding.seats.to_vec())),
            listed: state.tickets().iter().map(place).collect(),
            tickets: issued.iter().map(|(_, ticket)| seat_of(ticket)).collect(),
        }
    }
}

impl Money {
    fn of(payment: &Payment) -> Option<Self> {
        match payment {
            Payment::NotRequested => None,
            Payment::Pending(_) => Some(Self::Awaited),
            Payment::Succeeded(_) => Some(Self::Taken),
            Payment::Failed { .. } => Some(Self::Failed),
            Payment::Cancelled(_) => Some(Self::Cancelled),
            Payment::RefundRequested(_) => Some(Self::Returning),
            Payment::Refunded(_) => Some(Self::Returned),
        }
    }

    /// As others are told.
    pub(crate) const fn status(self) -> PaymentStatus {
        match self {
            Self::Awaited => PaymentStatus::Pending,
            Self::Taken | Self::Returning => PaymentStatus::Succeeded,
            Self::Failed => PaymentStatus::Failed,
            Self::Cancelled => PaymentStatus::Cancelled,
            Self::Returned => PaymentStatus::Refunded,
        }
    }
}

impl AccountView {
    fn of(books: &Books, account: AccountId) -> Self {
        let balance = match books.state::<Account>(account) {
            Account::NotOpened => None,
            Account::Open { balance, .. } => Some(balance),
        };
        Self { balance, passed: books.ledger.through(account) }
    }
}

pub(crate) fn account(scene: &Scene, buyer: u128) -> AccountId {
    AccountId::of(customer(buyer), scene.draft.currency)
}

/// Time passes for orders that wait; for others it is over.
fn left(state: &Order, books: &Books) -> i64 {
    let Order::Pending(placed) = state else { return 0 };
    let left = placed.held_until - books.now;
    (left.num_seconds() / TICK.num_seconds()).max(-1)
}

fn seat_of(ticket: &Ticket) -> (TicketStatus, SeatRef) {
    let issued = ticket.issued().unwrap();
    (ticket.status().unwrap(), SeatRef { section: issued.section, seat: issued.seat })
}

/// What was issued for an order, oldest first: codes are drawn in ascending order here.
pub(crate) fn tickets_of(books: &Books, order: OrderId) -> Vec<(TicketCode, Ticket)> {
    let theirs = |(_, ticket): &(TicketCode, &Ticket)| ticket.issued().unwrap().order == order;
    let mut tickets: Vec<_> =
        tickets(books).filter(theirs).map(|(code, ticket)| (code, ticket.clone())).collect();
    tickets.sort_by_key(|(code, _)| *code);
    tickets
}

/// Every ticket that was issued.
fn tickets(books: &Books) -> impl Iterator<Item = (TicketCode, &Ticket)> {
    let tickets = books.states.iter().filter_map(|(stream, known)| match &known.state {
        State::Ticket(ticket) => Some((TicketCode::from_bits(stream.uuid().as_u128()), ticket)),
        State::Show(_) | State::Inventory(_) | State::Order(_) | State::Payment(_) | State::Account(_) => {
            None
        }
    });
    tickets.filter(|(_, ticket)| ticket.issued().is_some())
}
