//! What only tests ask for: decisions as they would be without the domain's guards, which the domain itself can't
//! switch off, because nothing outside reaches into it.

use domain::{Category, Decided, States, StreamId, Versioned};

/// Of these streams, the inventories: as if nobody had seats yet.
pub(super) fn without_owners(streams: Vec<StreamId>, known: &dyn States) -> Vec<(StreamId, Versioned)> {
    let inventories = streams.into_iter().filter(|stream| stream.category() == Category::Inventory);
    let emptied = inventories.filter_map(|stream| {
        let version = known.get(stream)?.version;
        Some((stream, Versioned { version, ..Versioned::empty(Category::Inventory) }))
    });
    emptied.collect()
}

/// Gives back once more what was given back.
pub(super) fn release_twice(decided: &mut Decided) {
    let released = decided.events.iter().filter(|event| event.event_type == "SeatsReleased").cloned();
    for mut again in released.collect::<Vec<_>>() {
        if let Some((_, state)) = decided.states.iter_mut().find(|(stream, _)| *stream == again.stream) {
            state.version += 1;
            again.version = state.version;
            decided.events.push(again);
        }
    }
}
