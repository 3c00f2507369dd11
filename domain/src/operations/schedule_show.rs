//! A new show, as a draft.

use super::ShowSummary;
use crate::{
    Operation, Refusal, Show, ShowDraft, ShowId, States, StreamId, UnitOfWork, UserId, show::ShowCommand,
};

/// Plan a show.
#[derive(Debug, Clone)]
pub struct ScheduleShow {
    /// The id made for it.
    pub show: ShowId,
    /// Who puts it on.
    pub organizer: UserId,
    /// All about it.
    pub draft: ShowDraft,
}

impl Operation for ScheduleShow {
    type Answer = ShowSummary;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![]
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<ShowSummary, Refusal> {
        let command = ShowCommand::Schedule { organizer: self.organizer, draft: self.draft.clone() };
        work.create::<Show>(self.show, command)?;
        ShowSummary::of(self.show, work)
    }
}
