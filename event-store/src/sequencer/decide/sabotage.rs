//! What only tests ask for: decisions as they would be without the domain's guards, which the domain itself can't
//! switch off, because nothing outside reaches into it. A guard looks at a state or at the time, and finds another.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Account, Category, Decided, Inventory, Order, Payment, SeatState, State, States, StreamId, Ticket,
    Versioned, inventory::Holding,
};
use faultpoint::{Sabotage, sabotaged};

use super::Job;

/// Plenty, with room for more.
const PLENTY: i64 = i64::MAX / 2;

/// What the job is about; nothing, if it can't say so: it is then not carried out either.
pub(super) fn streams(job: &dyn Job, known: &dyn States) -> Vec<StreamId> {
    catch_unwind(AssertUnwindSafe(|| job.streams(known))).unwrap_or_default()
}

/// The time at which is decided: when no hold had ended yet, for payments.
pub(super) fn time(streams: &[StreamId], now: DateTime<Utc>) -> DateTime<Utc> {
    let about_a_payment = streams.first().is_some_and(|first| first.category() == Category::Payment);
    if about_a_payment && sabotaged(Sabotage::OverlookHolds) { now - TimeDelta::days(1) } else { now }
}

/// Of these streams, those that are decided on otherwise than they are.
pub(super) fn instead(streams: &[StreamId], known: &dyn States) -> Vec<(StreamId, Versioned)> {
    let payment = streams.first().and_then(|first| known.get(*first)).map(|first| &first.state);
    let paid = matches!(
        payment,
        Some(State::Payment(Payment::Succeeded(_) | Payment::RefundRequested(_) | Payment::Refunded(_)))
    );
    let paid_back = matches!(payment, Some(State::Payment(Payment::Refunded(_))));
    let changed = |stream: &StreamId| {
        let is = known.get(*stream)?;
        let unpaid = || paid && sabotaged(Sabotage::SettleAgain);
        let owed = || paid_back && sabotaged(Sabotage::RefundAgain);
        let state = match &is.state {
            State::Inventory(_) if sabotaged(Sabotage::Oversell) => State::empty(Category::Inventory),
            State::Inventory(inventory) if unpaid() => State::Inventory(unsold(inventory)),
            State::Payment(
                Payment::Succeeded(request) | Payment::RefundRequested(request) | Payment::Refunded(request),
            ) if unpaid() => State::Payment(Payment::Pending(Arc::clone(request))),
            State::Order(Order::Confirmed { placed, .. } | Order::Refunded(placed)) if unpaid() => {
                State::Order(Order::Pending(Arc::clone(placed)))
            }
            State::Payment(Payment::Refunded(request)) if owed() => {
                State::Payment(Payment::RefundRequested(Arc::clone(request)))
            }
            State::Order(Order::Refunded(placed)) if owed() => {
                State::Order(Order::Confirmed { placed: Arc::clone(placed), tickets: Arc::default() })
            }
            State::Ticket(Ticket::CheckedIn(ticket)) if sabotaged(Sabotage::CheckInAgain) => {
                State::Ticket(Ticket::Issued(Arc::clone(ticket)))
            }
            State::Account(Account::Open { user, currency, .. })
                if sabotaged(Sabotage::SpendWithoutFunds) =>
            {
                State::Account(Account::Open { user: *user, currency: *currency, balance: PLENTY })
            }
            State::Show(_)
            | State::Inventory(_)
            | State::Order(_)
            | State::Payment(_)
            | State::Ticket(_)
            | State::Account(_) => return None,
        };
        Some((*stream, Versioned { version: is.version, state }))
    };
    streams.iter().filter_map(changed).collect()
}

/// As if nothing had been paid for.
fn unsold(inventory: &Inventory) -> Inventory {
    let held = |holding: Holding| Holding { state: SeatState::Held, ..holding };
    Vec::<Holding>::from(inventory.clone()).into_iter().map(held).collect::<Vec<_>>().into()
}

/// What is made of a decision.
pub(super) fn afterwards(decided: &mut Decided, known: &dyn States) {
    if sabotaged(Sabotage::ReleaseTwice) {
        release_twice(decided);
    }
    if is_paid_late(decided, known) {
        if sabotaged(Sabotage::OverlookLateMoney) {
            decided.events.clear();
            decided.states.clear();
        }
        if sabotaged(Sabotage::LateWithoutSeats) {
            decided.events.retain(|event| event.stream.category() != Category::Inventory);
            decided.states.retain(|(stream, _)| stream.category() != Category::Inventory);
        }
    }
}

/// Gives back once more what was given back.
fn release_twice(decided: &mut Decided) {
    let released = decided.events.iter().filter(|event| event.event_type == "SeatsReleased").cloned();
    for mut again in released.collect::<Vec<_>>() {
        if let Some((_, state)) = decided.states.iter_mut().find(|(stream, _)| *stream == again.stream) {
            state.version += 1;
            again.version = state.version;
            decided.events.push(again);
        }
    }
}

/// Whether money came that was given up before.
fn is_paid_late(decided: &Decided, known: &dyn States) -> bool {
    decided.events.iter().filter(|event| event.event_type == "PaymentSucceeded").any(|event| {
        let before = known.get(event.stream).map(|before| &before.state);
        matches!(before, Some(State::Payment(Payment::Cancelled(_) | Payment::Failed { .. })))
    })
}
