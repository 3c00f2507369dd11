//! A show does not take place. What that means for its orders is [`super::UnwindShow`]'s.

use super::{ShowSummary, settle::own_show};
use crate::{Operation, Refusal, Show, ShowId, States, StreamId, UnitOfWork, UserId, show::ShowCommand};

/// Call a show off.
#[derive(Debug, Clone, Copy)]
pub struct CancelShow {
    /// The show.
    pub show: ShowId,
    /// Who asks.
    pub organizer: UserId,
}

impl Operation for CancelShow {
    type Answer = ShowSummary;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![StreamId::show(self.show)]
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<ShowSummary, Refusal> {
        own_show(work, self.show, self.organizer)?;
        work.decide::<Show>(self.show, ShowCommand::Cancel)?;
        ShowSummary::of(self.show, work)
    }
}
