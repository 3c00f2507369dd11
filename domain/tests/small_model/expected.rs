//! Whether an answer, and the state that it leads to, are what `rules/` foretells.

use domain::Refusal;

use super::{
    ask::{Ask, ORDERS},
    books::{Cache, Outcome},
    rules::{Before, Foretold},
    view::View,
};

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// It is done, and all stands so.
    Change(Foretold),
    /// It was done before: nothing is added.
    AlreadySo,
    /// A rule says no, by this name.
    Refusal(Refusal),
    /// A rule says no, be it the log's own: no stream has a version twice.
    NothingNew,
    /// Only time passes.
    Later,
}

impl Expected {
    pub(crate) fn of(ask: Ask, before: &Before<'_>) -> Self {
        let as_it_is = Foretold::from(before.view);
        match (ask, before.foretell(ask)) {
            (Ask::Wait, _) => Self::Later,
            (_, Err(refusal)) => Self::Refusal(refusal),
            // Whoever has the order at hand sees that it was placed; whoever has not decides as if it were new, and
            // then the log has its first event already.
            (Ask::Place(_, _, Cache::Cold), Ok(after)) if after == as_it_is => Self::NothingNew,
            (_, Ok(after)) if after == as_it_is => Self::AlreadySo,
            (_, Ok(after)) => Self::Change(after),
        }
    }

    /// Whether `outcome`, which led to `after`, is what was expected.
    pub(crate) fn met(&self, outcome: &Outcome, before: &View, after: &View) -> Result<(), String> {
        let unchanged = before == after;
        let as_expected = match (self, outcome) {
            (Self::Change(foretold), Outcome::Done(events)) => {
                *events > 0 && Foretold::from(after) == *foretold && others_are_left_alone(before, after)
            }
            (Self::Later, Outcome::Done(_)) => Foretold::from(before) == Foretold::from(after),
            (Self::AlreadySo, Outcome::Done(events)) => unchanged && *events == 0,
            (Self::Refusal(expected), Outcome::Refused(refusal)) => unchanged && refusal == expected,
            (Self::NothingNew, Outcome::Refused(_) | Outcome::Rejected) => unchanged,
            (
                Self::Change(_) | Self::AlreadySo | Self::Refusal(_) | Self::NothingNew | Self::Later,
                Outcome::Done(_) | Outcome::Refused(_) | Outcome::Rejected,
            ) => false,
        };
        if as_expected { Ok(()) } else { Err(format!("expected {self:?}, came to {outcome:?}: {after:#?}")) }
    }
}

/// Whatever an order has changes with where it stands, or not at all.
fn others_are_left_alone(before: &View, after: &View) -> bool {
    let (was, is) = (Foretold::from(before), Foretold::from(after));
    let same = ORDERS.into_iter().filter(|number| was.orders[*number] == is.orders[*number]);
    same.into_iter().all(|number| before.orders[number] == after.orders[number])
}

/// Asked for once more, it adds nothing or is refused.
pub(crate) fn adds_nothing(again: &Outcome, before: &View, after: &View) -> Result<(), String> {
    let nothing = match again {
        Outcome::Done(events) => *events == 0,
        Outcome::Refused(_) | Outcome::Rejected => true,
    };
    if nothing && before == after { Ok(()) } else { Err(format!("again, it came to {again:?}: {after:#?}")) }
}
