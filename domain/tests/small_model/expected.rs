//! What each answer must be: the rules again, in a few lines and by other means than the domain's.

use domain::{OrderStatus, ShowStatus};

use super::{
    ask::{Ask, Number},
    books::{Cache, Outcome},
    scene::{Scene, Wanted},
    support::customer,
    view::View,
};

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// It is done, and the order then stands so (none: not an order's business).
    Change(Option<(Number, OrderStatus)>),
    /// It was done before: nothing is added.
    AlreadySo,
    /// A rule says no.
    Refusal,
    /// A rule says no, be it the log's own: no stream has a version twice.
    NothingNew,
}

impl Expected {
    pub(crate) fn of(ask: Ask, before: &View, scene: &Scene) -> Self {
        let change = |number, status| Self::Change(Some((number, status)));
        let status = |number: Number| before.orders[number].status;
        let if_pending = |number, then| {
            if status(number) == Some(OrderStatus::Pending) { change(number, then) } else { Self::Refusal }
        };
        match ask {
            Ask::Place(number, _, cache) if status(number).is_some() => placed_again(cache),
            Ask::Place(number, wish, _) if can_be_had(before, scene, number, wish) => {
                change(number, if is_free(scene) { OrderStatus::Confirmed } else { OrderStatus::Pending })
            }
            Ask::Approve(number) if before.orders[number].left > 0 => {
                if_pending(number, OrderStatus::Confirmed)
            }
            Ask::Reject(number) => if_pending(number, OrderStatus::Failed),
            Ask::Cancel(number) => if_pending(number, OrderStatus::Cancelled),
            Ask::Expire(number) if status(number) == Some(OrderStatus::Pending) => {
                let ended = before.orders[number].left <= 0;
                if ended { change(number, OrderStatus::Expired) } else { Self::Refusal }
            }
            Ask::Expire(number) if status(number).is_some() => Self::AlreadySo,
            Ask::Close if before.show == Some(ShowStatus::OnSale) => Self::Change(None),
            Ask::Publish if before.show == Some(ShowStatus::Closed) => Self::Change(None),
            Ask::Wait => Self::Change(None),
            Ask::Place(..)
            | Ask::Approve(_)
            | Ask::CancelByStranger(_)
            | Ask::Expire(_)
            | Ask::Close
            | Ask::Publish => Self::Refusal,
        }
    }

    /// Whether `outcome`, which led to `after`, is what was expected.
    pub(crate) fn met(&self, outcome: &Outcome, before: &View, after: &View) -> Result<(), String> {
        let unchanged = before == after;
        let as_expected = match (self, outcome) {
            (Self::Change(Some((number, status))), Outcome::Done(events)) => {
                let other = 1 - number;
                let alone = before.orders[other] == after.orders[other] && before.show == after.show;
                alone && *events > 0 && after.orders[*number].status == Some(*status)
            }
            (Self::Change(None), Outcome::Done(_)) => before.holdings == after.holdings,
            (Self::AlreadySo, Outcome::Done(events)) => unchanged && *events == 0,
            (Self::Refusal | Self::NothingNew, Outcome::Refused(_))
            | (Self::NothingNew, Outcome::Rejected) => unchanged,
            (Self::Change(_) | Self::AlreadySo | Self::Refusal | Self::NothingNew, _) => false,
        };
        if as_expected { Ok(()) } else { Err(format!("expected {self:?}, came to {outcome:?}: {after:#?}")) }
    }
}

/// Whoever has the order at hand sees that it was placed; whoever has not decides as if it were new, and then the log
/// has its first event already.
fn placed_again(cache: Cache) -> Expected {
    match cache {
        Cache::Warm => Expected::AlreadySo,
        Cache::Cold => Expected::NothingNew,
    }
}

fn can_be_had(before: &View, scene: &Scene, number: Number, wish: usize) -> bool {
    let taken = |seat: u32| {
        let name = |of: &domain::SeatRef| of.seat.is_some_and(|seat_name| seat_name.number == seat);
        before.holdings.iter().any(|holding| holding.seats.iter().any(name))
    };
    let gone: usize = before.holdings.iter().map(|holding| holding.seats.len()).sum();
    let count = match scene.wishes[wish].wanted {
        Wanted::Seats(seats) if seats.iter().any(|seat| taken(*seat)) => return false,
        Wanted::Seats(seats) => seats.len(),
        Wanted::Any(count) => count as usize,
    };
    let buyer = scene.buyers[number];
    let theirs = before.holdings.iter().filter(|holding| holding.customer == customer(buyer));
    let has: usize = theirs.map(|holding| holding.seats.len()).sum();
    let allowed = scene.draft.max_per_customer.is_none_or(|limit| has + count <= limit as usize);
    before.show == Some(ShowStatus::OnSale) && gone + count <= 2 && allowed
}

fn is_free(scene: &Scene) -> bool {
    scene.draft.sections[0].price == 0
}
