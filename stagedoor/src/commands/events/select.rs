//! Which events were asked for.

use event_store::{Position, Selection};

use crate::{
    cli::{Between, Like},
    failure::Failure,
};

/// What was typed, as the log is asked.
pub(super) fn selection(between: Between, like: Like) -> Result<Selection, Failure> {
    let Between { from, to } = between;
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Failure::usage("--from is beyond --to", "leave one of them out, or exchange them"));
    }
    let Like { stream_id: stream, event_type, correlation } = like;
    Ok(Selection { from, to, stream, event_type, correlation })
}

/// A log that is shorter than somebody believes is something to be told of.
pub(super) fn within(selection: &Selection, head: Position) -> Result<(), Failure> {
    let beyond = [selection.to, selection.from.map(|from| from - 1)].into_iter().flatten().max();
    match beyond.filter(|position| *position > head) {
        None => Ok(()),
        Some(_) => Err(Failure::usage(
            format!("the log ends at position {head}"),
            "leave --to out for everything there is; was the log restored to an older state?",
        )),
    }
}
