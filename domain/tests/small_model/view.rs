//! A state as anybody can see it. Two ways that lead to equal views lead to the same place: time counts only as what is
//! left of a hold, and a ticket's code only as the order and seat that it stands for.

use domain::{
    Inventory, Order, OrderStatus, Payment, PaymentStatus, SeatName, SeatRef, SeatState, Show, ShowStatus,
    State, Ticket, TicketStatus, inventory::Holding,
};

use super::{
    ask::{Number, ORDERS, order, payment},
    books::{Books, TICK},
    scene::Scene,
    support::{customer, show_id},
};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    pub(crate) show: Option<ShowStatus>,
    pub(crate) orders: [OrderView; 2],
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
    pub(crate) payment: Option<PaymentStatus>,
    pub(crate) seats: Vec<SeatRef>,
    /// Half holds left; 0 at its end, -1 after it.
    pub(crate) left: i64,
    /// What the inventory holds for it.
    pub(crate) holding: Option<(SeatState, Vec<SeatRef>)>,
    /// The seats of its tickets, as the order lists them.
    pub(crate) tickets: Vec<Option<(TicketStatus, SeatRef)>>,
    /// Tickets that say they are this order's.
    pub(crate) issued: usize,
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
            counts: (counts.held, counts.sold),
            customers: scene.buyers.map(|buyer| inventory.seats_of(customer(buyer))),
            taken,
            stray_tickets: tickets(books).filter(|ticket| !ORDERS.map(order).contains(ticket)).count(),
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
        let state: Order = books.state(order(number));
        let lines = state.placed().map(|placed| placed.lines.clone()).unwrap_or_default();
        let holding = inventory.holding(order(number));
        Self {
            status: state.status(),
            payment: books.state::<Payment>(payment(number)).status(),
            seats: lines.iter().map(|line| SeatRef { section: line.section, seat: line.seat }).collect(),
            left: left(&state, books),
            holding: holding.map(|holding| (holding.state, holding.seats.to_vec())),
            tickets: codes(&state).iter().map(|code| seat_of(&books.state(*code))).collect(),
            issued: tickets(books).filter(|of| *of == order(number)).count(),
        }
    }
}

/// Time passes for orders that wait; for others it is over.
fn left(state: &Order, books: &Books) -> i64 {
    let Order::Pending(placed) = state else { return 0 };
    let left = placed.held_until - books.now;
    (left.num_seconds() / TICK.num_seconds()).max(-1)
}

fn codes(state: &Order) -> &[domain::TicketCode] {
    if let Order::Confirmed { tickets, .. } = state { tickets } else { &[] }
}

fn seat_of(ticket: &Ticket) -> Option<(TicketStatus, SeatRef)> {
    let issued = ticket.issued()?;
    Some((ticket.status()?, SeatRef { section: issued.section, seat: issued.seat }))
}

/// The orders that tickets were issued for.
fn tickets(books: &Books) -> impl Iterator<Item = domain::OrderId> {
    let tickets = books.states.values().filter_map(|known| match &known.state {
        State::Ticket(ticket) => ticket.issued(),
        State::Show(_) | State::Inventory(_) | State::Order(_) | State::Payment(_) | State::Account(_) => {
            None
        }
    });
    tickets.map(|ticket| ticket.order)
}
