//! What holds in every state.

use std::collections::HashSet;

use domain::{
    Order, OrderStatus, PaymentStatus, SeatRef, SeatState, State, StreamId, TicketStatus, Versioned,
    operations::ExpireHold,
};

use super::{
    ask::{ORDERS, order},
    books::{Books, Cache, TICK},
    scene::Scene,
    story,
    support::customer,
    view::{OrderView, View},
};

const CAPACITY: usize = 2;

macro_rules! law {
    ($holds:expr, $($words:tt)+) => {
        if !$holds {
            return Err(format!($($words)+));
        }
    };
}

pub(crate) fn hold(books: &Books, view: &View, scene: &Scene) -> Result<(), String> {
    no_seat_has_two_owners(view)?;
    the_inventory_counts_right(view, scene)?;
    for order in &view.orders {
        order_payment_seats_and_tickets_agree(order)?;
    }
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
    let ordered = |status| {
        let orders = view.orders.iter().filter(|order| order.status == Some(status));
        orders.map(|order| order.seats.len()).sum::<usize>()
    };
    let held = |state| {
        let holdings = view.holdings.iter().filter(|holding| holding.state == state);
        holdings.map(|holding| holding.seats.len()).sum::<usize>()
    };
    let ordered = (ordered(OrderStatus::Pending), ordered(OrderStatus::Confirmed));
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

/// Every combination that may be; there are six.
fn order_payment_seats_and_tickets_agree(order: &OrderView) -> Result<(), String> {
    let held = order.holding.as_ref().map(|(state, _)| *state);
    let legal = [
        (None, None, None, 0),
        (Some(OrderStatus::Pending), Some(PaymentStatus::Pending), Some(SeatState::Held), 0),
        (
            Some(OrderStatus::Confirmed),
            Some(PaymentStatus::Succeeded),
            Some(SeatState::Sold),
            order.seats.len(),
        ),
        (Some(OrderStatus::Failed), Some(PaymentStatus::Failed), None, 0),
        (Some(OrderStatus::Cancelled), Some(PaymentStatus::Cancelled), None, 0),
        (Some(OrderStatus::Expired), Some(PaymentStatus::Cancelled), None, 0),
    ];
    law!(legal.contains(&(order.status, order.payment, held, order.issued)), "{order:?}");
    if let Some((_, seats)) = &order.holding {
        law!(*seats == order.seats, "held {seats:?}, ordered {:?}", order.seats);
    }
    if order.status == Some(OrderStatus::Confirmed) {
        let wanted: Vec<_> = order.seats.iter().map(|seat| Some((TicketStatus::Issued, *seat))).collect();
        law!(order.tickets == wanted, "tickets {:?} for {wanted:?}", order.tickets);
    }
    Ok(())
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

/// No state is a dead end: once the holds are over, expiry settles whatever waits.
fn it_can_be_settled(books: &Books, scene: &Scene) -> Result<(), String> {
    let mut end = books.clone();
    end.now += TICK * 2;
    for number in ORDERS {
        (end, _) = end.run(&ExpireHold { order: order(number) }, Cache::Cold);
    }
    let pending = ORDERS.into_iter().find(|number| matches!(end.state(order(*number)), Order::Pending(_)));
    law!(pending.is_none(), "order {pending:?} can't be ended");
    law!(View::of(&end, scene).counts.0 == 0, "seats stay held when all orders are settled");
    Ok(())
}
