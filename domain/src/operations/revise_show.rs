//! Changes to a show.

use super::{ShowSummary, settle::own_show};
use crate::{
    Operation, Refusal, Show, ShowDraft, ShowId, States, StreamId, UnitOfWork, UserId, show::ShowCommand,
};

/// Replace what was said about a show.
#[derive(Debug, Clone)]
pub struct ReviseShow {
    /// The show.
    pub show: ShowId,
    /// Who asks.
    pub organizer: UserId,
    /// The version the change was made on.
    pub expected_version: u64,
    /// All about it.
    pub draft: ShowDraft,
}

impl Operation for ReviseShow {
    type Answer = ShowSummary;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![StreamId::show(self.show)]
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<ShowSummary, Refusal> {
        own_show(work, self.show, self.organizer)?;
        let current = work.version::<Show>(self.show)?;
        if current != self.expected_version {
            return Err(Refusal::VersionMismatch { current });
        }
        work.decide::<Show>(self.show, ShowCommand::Revise { draft: self.draft.clone() })?;
        ShowSummary::of(self.show, work)
    }
}
