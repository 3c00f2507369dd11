//! What holds in every state.

use std::collections::HashSet;

use domain::{
    OrderStatus, SeatRef, SeatState, ShowStatus, State, StreamId, TicketStatus, Versioned,
    operations::{CompleteRefund, ExpireHold, UnwindShow},
};

use super::{
    ask::{ORDERS, order, payment},
    books::{Books, Cache, TICK},
    money,
    scene::Scene,
    story,
    support::{customer, show_id},
    view::{Money, OrderView, View},
};

const CAPACITY: usize = 2;

macro_rules! law {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(format!($($words)+));
        }
    };
}
pub(crate) use law;

pub(crate) fn hold(books: &Books, view: &View, scene: &Scene) -> Result<(), String> {
    no_seat_has_two_owners(view)?;
    the_inventory_counts_right(view, scene)?;
    for order in &view.orders {
        order_payment_seats_and_tickets_agree(order)?;
    }
    money::hold(view, scene)?;
    law!(view.stray_tickets == 0, "{} tickets belong to no order", view.stray_tickets);
    law!(books.folded()? == books.kept(), "the log comes to something else than what is kept");
    snapshots_come_back_equal(books)?;
    story::is_legal(books)?;
    it_can_be_settled(books, scene)
}

fn no_seat_has_two_owners(view: &View) -> Result<(), String> {
    let seats = || view.holdings.iter().flat_map(|holding| holding.seats.iter());
    law!(seats().count() <= CAPACITY, "more is held and sold than there is");
    let mut owned = HashSet::new();
    for seat in seats().filter(|seat| seat.seat.is_some()) {
        law!(owned.insert(seat), "{seat:?} has two owners");
    }
    Ok(())
}

/// By three sums that nobody made from each other: over the orders, over the holdings, and the inventory's counters.
fn the_inventory_counts_right(view: &View, scene: &Scene) -> Result<(), String> {
    let ordered = |status, money| {
        let is = |order: &&OrderView| (order.status, order.money) == (Some(status), Some(money));
        view.orders.iter().filter(is).map(|order| order.seats.len()).sum::<usize>()
    };
    let held = |state| {
        let holdings = view.holdings.iter().filter(|holding| holding.state == state);
        holdings.map(|holding| holding.seats.len()).sum::<usize>()
    };
    let ordered =
        (ordered(OrderStatus::Pending, Money::Awaited), ordered(OrderStatus::Confirmed, Money::Taken));
    let held = (held(SeatState::Held), held(SeatState::Sold));
    let counted = (view.counts.0 as usize, view.counts.1 as usize);
    law!(ordered == held && held == counted, "orders {ordered:?}, holdings {held:?}, counters {counted:?}");
    for (index, buyer) in scene.buyers.iter().enumerate() {
        let theirs = view.holdings.iter().filter(|holding| holding.customer == customer(*buyer));
        let seats: usize = theirs.map(|holding| holding.seats.len()).sum();
        law!(
            seats == view.customers[index] as usize,
            "customer {buyer} has {seats} seats, counted otherwise"
        );
    }
    for (number, taken) in (1..).zip(view.taken) {
        let is_it = |seat: &SeatRef| seat.seat.is_some_and(|name| name.number == number);
        let owned = view.holdings.iter().any(|holding| holding.seats.iter().any(is_it));
        law!(owned == taken, "seat {number} is taken: {taken}, owned: {owned}");
    }
    Ok(())
}

/// What an order's tickets are good for, all alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tickets {
    None,
    Good,
    Void,
}

/// Every combination that may be; there are fourteen. A ticket is good exactly as long as its order is confirmed and
/// nobody has asked for its money back.
fn order_payment_seats_and_tickets_agree(order: &OrderView) -> Result<(), String> {
    use {Money as M, OrderStatus as O};
    let (held, sold) = (Some(SeatState::Held), Some(SeatState::Sold));
    let legal = [
        (Some(O::Pending), Some(M::Awaited), held, Tickets::None),
        (Some(O::Confirmed), Some(M::Taken), sold, Tickets::Good),
        (Some(O::Confirmed), Some(M::Returning), None, Tickets::Void),
        (Some(O::Refunded), Some(M::Returned), None, Tickets::Void),
        (Some(O::Failed), Some(M::Failed), None, Tickets::None),
        (Some(O::Cancelled), Some(M::Cancelled), None, Tickets::None),
        (Some(O::Expired), Some(M::Cancelled), None, Tickets::None),
    ];
    // Money that came when its order was over.
    let over = [O::Failed, O::Cancelled, O::Expired].map(Some);
    let goes_back = [M::Returning, M::Returned].map(Some);
    let holds = order.holding.as_ref().map(|(state, _)| *state);
    let tickets = tickets(order)?;
    let (is, nothing) = ((order.status, order.money, holds, tickets), (None, Tickets::None));
    let late = over.contains(&order.status) && goes_back.contains(&order.money);
    let fits = match (order.status, order.money) {
        (None, None) => (holds, tickets) == nothing,
        (Some(_), Some(_)) => legal.contains(&is) || (late && (holds, tickets) == nothing),
        (None, Some(_)) | (Some(_), None) => false,
    };
    law!(fits, "{order:?}");
    if let Some((_, seats)) = &order.holding {
        law!(*seats == order.seats, "held {seats:?}, ordered {:?}", order.seats);
    }
    Ok(())
}

/// One for each seat or none at all, in the order in which a confirmed order lists them.
fn tickets(order: &OrderView) -> Result<Tickets, String> {
    let confirmed = order.status == Some(OrderStatus::Confirmed);
    let listed: Vec<_> = (0..order.tickets.len()).filter(|_| confirmed).map(Some).collect();
    law!(order.listed == listed, "lists {:?} of {:?}", order.listed, order.tickets);
    if order.tickets.is_empty() {
        return Ok(Tickets::None);
    }
    let seats: Vec<_> = order.tickets.iter().map(|(_, seat)| *seat).collect();
    law!(seats == order.seats, "tickets for {seats:?}, ordered {:?}", order.seats);
    let void = order.tickets.iter().filter(|(status, _)| *status == TicketStatus::Void).count();
    match void {
        0 => Ok(Tickets::Good),
        some => {
            law!(some == order.tickets.len(), "some are void: {:?}", order.tickets);
            Ok(Tickets::Void)
        }
    }
}

fn snapshots_come_back_equal(books: &Books) -> Result<(), String> {
    let again = |(stream, known): (&StreamId, &Versioned)| {
        let text = serde_json::to_string(&known.state).map_err(|error| error.to_string())?;
        let state: State = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        Ok((*stream, Versioned { version: known.version, state }))
    };
    let mut restored = books.clone();
    restored.states = books.states.iter().map(again).collect::<Result<_, String>>()?;
    law!(restored.kept() == books.kept(), "a snapshot does not come back as it was");
    Ok(())
}

/// No state is a dead end: once the holds are over, what follows by itself settles whatever waits, and all money that
/// is on its way back arrives.
fn it_can_be_settled(books: &Books, scene: &Scene) -> Result<(), String> {
    let mut end = books.clone();
    end.now += TICK * 2;
    for number in ORDERS {
        end = end.then(&ExpireHold { order: order(number) }, Cache::Cold);
    }
    end = end.then(&UnwindShow { show: show_id(), limit: ORDERS.len() }, Cache::Cold);
    for number in ORDERS {
        let complete = CompleteRefund { payment: payment(number), reference: None };
        end = end.then(&complete, Cache::Cold);
    }
    let view = View::of(&end, scene);
    let waits = |order: &&OrderView| {
        order.status == Some(OrderStatus::Pending) || order.money == Some(Money::Returning)
    };
    law!(view.orders.iter().all(|order| !waits(&order)), "it can't be ended: {view:#?}");
    law!(view.counts.0 == 0, "seats stay held when all orders are settled");
    let called_off = view.show == Some(ShowStatus::Cancelled);
    law!(!called_off || view.counts.1 == 0, "seats of a show stay sold that does not take place");
    money::hold(&view, scene)
}
