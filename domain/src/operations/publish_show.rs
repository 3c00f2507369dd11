//! A show goes on sale, or on sale again.

use super::{ShowSummary, settle::own_show};
use crate::{Operation, Refusal, Show, ShowId, States, StreamId, UnitOfWork, UserId, show::ShowCommand};

/// Put a show on sale.
#[derive(Debug, Clone, Copy)]
pub struct PublishShow {
    /// The show.
    pub show: ShowId,
    /// Who asks.
    pub organizer: UserId,
}

impl Operation for PublishShow {
    type Answer = ShowSummary;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![StreamId::show(self.show)]
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<ShowSummary, Refusal> {
        own_show(work, self.show, self.organizer)?;
        work.decide::<Show>(self.show, ShowCommand::Publish)?;
        ShowSummary::of(self.show, work)
    }
}
