//! A stretch of the log, sorted by the entities it concerns.

use std::{borrow::Borrow, collections::HashMap, fmt::Display};

use domain::StreamId;
use event_store::{Position, RecordedEvent};

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

/// Sorts events by entity; those that do not concern the read model are left out.
///
/// # Errors
/// An event was written by a newer program: nobody here can tell whom it concerns, or what it means. Its index comes
/// along; what is before it can be applied.
pub(crate) fn group<M: ReadModel>(
    events: &[impl Borrow<RecordedEvent>],
) -> Result<Vec<Group>, (usize, Stop)> {
    let mut groups: Vec<Group> = Vec::new();
    let mut index: HashMap<StreamId, usize> = HashMap::new();
    for (place, event) in events.iter().map(Borrow::borrow).enumerate() {
        let stop = |error: &dyn Display| (place, Stop(format!("event {}: {error}", event.position)));
        let stream = event.stream().map_err(|error| stop(&error))?;
        let Some(entity) = M::entity(stream) else { continue };
        let happened = match Happened::decode(event, stream) {
            Err(newer @ Unreadable::Newer { .. }) => return Err((place, Stop(newer.to_string()))),
            other => other.map_err(|error| error.to_string()),
        };
        let at = *index.entry(entity).or_insert_with(|| {
            groups.push(Group { entity, events: Vec::new() });
            groups.len() - 1
        });
        groups[at].events.push((event.position, happened));
    }
    Ok(groups)
}
