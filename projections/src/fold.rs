//! Folding one entity's events, and stopping at the first that does not fit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::StreamId;
use event_store::Position;

use crate::{
    batch::Group,
    happened::Happened,
    read_model::{Misfit, ReadModel},
};

/// An entity that can't go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Poisoned {
    /// The entity.
    pub(crate) entity: StreamId,
    /// The event that could not be applied.
    pub(crate) position: Position,
    /// Why.
    pub(crate) reason: String,
    /// That event and those behind it.
    pub(crate) behind: Vec<Position>,
}

/// What became of one entity.
#[derive(Debug)]
pub(crate) struct Folded<R> {
    /// The row after the events that fit; `None` if there is none or nothing changed.
    pub(crate) row: Option<R>,
    /// Set when an event did not fit.
    pub(crate) poisoned: Option<Poisoned>,
}

/// Applies an entity's events until one does not fit.
pub(crate) fn fold<M: ReadModel>(loaded: Option<&M::Row>, group: &Group) -> Folded<M::Row> {
    match run::<M>(loaded, &group.events) {
        Ok(row) => Folded { row, poisoned: None },
        Err((index, reason)) => {
            // The row went down with the event. What came before it fitted once and fits again: the fold is pure.
            let row = run::<M>(loaded, &group.events[..index]).ok().flatten();
            Folded { row, poisoned: Some(poisoned(group, index, reason)) }
        }
    }
}

/// The event at `index` and all behind it wait.
pub(crate) fn poisoned(group: &Group, index: usize, reason: String) -> Poisoned {
    let behind: Vec<Position> = group.events[index..].iter().map(|(position, _)| *position).collect();
    Poisoned { entity: group.entity, position: behind.first().copied().unwrap_or_default(), reason, behind }
}

type Events = [(Position, Result<Happened, String>)];

fn run<M: ReadModel>(loaded: Option<&M::Row>, events: &Events) -> Result<Option<M::Row>, (usize, String)> {
    let mut row = None;
    for (index, (_, event)) in events.iter().enumerate() {
        let event = event.as_ref().map_err(|reason| (index, reason.clone()))?;
        let before = row.take().or_else(|| if index == 0 { loaded.cloned() } else { None });
        row = Some(step::<M>(before, event).map_err(|misfit| (index, misfit.0))?);
    }
    Ok(row)
}

/// One step. A panic is a bug in the fold, but it must cost one entity, not the read model.
pub(crate) fn step<M: ReadModel>(row: Option<M::Row>, event: &Happened) -> Result<M::Row, Misfit> {
    catch_unwind(AssertUnwindSafe(|| M::fold(row, event))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Misfit(format!("panicked: {text}")))
    })
}
