//! A show takes no new orders; pending ones may finish.

use super::{ShowSummary, settle::own_show};
use crate::{Operation, Refusal, Show, ShowId, States, StreamId, UnitOfWork, UserId, show::ShowCommand};

/// Take no new orders for a show.
#[derive(Debug, Clone, Copy)]
pub struct CloseShow {
    /// The show.
    pub show: ShowId,
    /// Who asks.
    pub organizer: UserId,
}

impl Operation for CloseShow {
    type Answer = ShowSummary;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![StreamId::show(self.show)]
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<ShowSummary, Refusal> {
        own_show(work, self.show, self.organizer)?;
        work.decide::<Show>(self.show, ShowCommand::Close)?;
        ShowSummary::of(self.show, work)
    }
}
