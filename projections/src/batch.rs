//! A stretch of the log, sorted by the entities it concerns.

use std::{borrow::Borrow, collections::HashMap, fmt::Display, marker::PhantomData};

use domain::StreamId;
use event_store::{Glimpse, Position, RecordedEvent};

use crate::{
    happened::{Happened, Unreadable},
    read_model::ReadModel,
};

/// One entity's events in a batch, in order.
#[derive(Debug)]
pub(crate) struct Group {
    /// The entity.
    pub(crate) entity: StreamId,
    /// Its events; for one that can't be read, why.
    pub(crate) events: Vec<(Position, Result<Happened, String>)>,
}

impl Group {
    /// Whether the entity begins here: there is no row of it to go on from.
    pub(crate) fn is_new<M: ReadModel>(&self) -> bool {
        let first = self.events.first().and_then(|(_, event)| event.as_ref().ok());
        first.is_some_and(M::begins)
    }
}

/// Why a projection can't go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Stop(pub(crate) String);

/// Events as they are sorted.
pub(crate) struct Sorter<M> {
    groups: Vec<Group>,
    index: HashMap<StreamId, usize>,
    model: PhantomData<M>,
}

impl<M: ReadModel> Sorter<M> {
    pub(crate) fn new() -> Self {
        Self { groups: Vec::new(), index: HashMap::new(), model: PhantomData }
    }

    /// Puts the next event with its entity, unless it does not concern the read model.
    ///
    /// # Errors
    /// A newer program wrote it: nobody here can tell whom it concerns, or what it means.
    pub(crate) fn push(&mut self, event: Glimpse<'_>) -> Result<(), Stop> {
        let stop = |error: &dyn Display| Stop(format!("event {}: {error}", event.position));
        let stream = event.stream().map_err(|error| stop(&error))?;
        let Some(entity) = M::entity(stream) else { return Ok(()) };
        let happened = match Happened::decode(event, stream) {
            Err(newer @ Unreadable::Newer { .. }) => return Err(Stop(newer.to_string())),
            other => other.map_err(|error| error.to_string()),
        };
        let at = *self.index.entry(entity).or_insert_with(|| {
            // Most entities of a large batch have one event in it, and an event is large.
            self.groups.push(Group { entity, events: Vec::with_capacity(1) });
            self.groups.len() - 1
        });
        self.groups[at].events.push((event.position, happened));
        Ok(())
    }

    /// All of them.
    pub(crate) fn finish(self) -> Vec<Group> {
        self.groups
    }
}

/// Sorts events by entity; those that do not concern the read model are left out.
///
/// # Errors
/// What [`Sorter::push`] says, with the event's index; what is before it can be applied.
pub(crate) fn group<M: ReadModel>(
    events: &[impl Borrow<RecordedEvent>],
) -> Result<Vec<Group>, (usize, Stop)> {
    let mut sorter = Sorter::<M>::new();
    for (place, event) in events.iter().enumerate() {
        sorter.push(event.borrow().glimpse()).map_err(|stop| (place, stop))?;
    }
    Ok(sorter.finish())
}
