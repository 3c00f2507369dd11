//! What was measured, as lines of JSON.

mod journal;
mod line;

pub(crate) use journal::Journal;
pub(crate) use line::{Figure, Line, Target, Values};
