//! How far a rebuild or a verification has come.

use event_store::Position;
use serde::Serialize;
use tokio::sync::watch;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It waits for its turn.
    #[default]
    Waiting,
    /// The slot that is not read is emptied.
    Emptying,
    /// Events are read, folded and written.
    Filling,
    /// Indexes are made.
    Indexing,
    /// What was made is compared with what is read.
    Comparing,
    /// What was made takes the place of what is read.
    Swapping,
    /// Nothing is left to be done.
    Done,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Until where, of what is counted in this stage: events while filling, rows while comparing.
    pub done: i64,
    /// Of how many.
    pub of: i64,
}

/// Tells whoever wants to know.
#[derive(Debug, Clone)]
pub(super) struct Teller(pub(super) watch::Sender<Progress>);

impl Teller {
    pub(super) fn begins(&self, stage: Stage) {
        self.0.send_replace(Progress { stage, done: 0, of: 0 });
    }

    /// Later stages, too, apply what has come meanwhile; that is not worth mentioning.
    pub(super) fn filled(&self, until: Position, of: Position) {
        self.0.send_if_modified(|progress| {
            let filling = progress.stage == Stage::Filling;
            (progress.done, progress.of) = if filling { (until, of) } else { (progress.done, progress.of) };
            filling
        });
    }

    pub(super) fn compared(&self, rows: i64, of: i64) {
        self.0.send_replace(Progress { stage: Stage::Comparing, done: rows, of: of.max(rows) });
    }
}
