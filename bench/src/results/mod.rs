//! What was measured, as lines of JSON.

mod chart;
mod journal;
mod line;
mod machine;
pub(crate) mod report;

pub(crate) use journal::Journal;
pub(crate) use line::{Figure, Line, Target, Values};
pub(crate) use machine::facts;
