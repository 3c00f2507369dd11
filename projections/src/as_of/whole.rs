//! A whole read model, a page of it at a time.

use std::collections::VecDeque;

use domain::StreamId;
use event_store::{Position, streams_begun};
use sqlx::PgConnection;

use super::{Then, beginnings, ledger::Sums, page};
use crate::model::Model;

/// Positions looked at for beginnings at once: a moment's work, and a bound on how many entities wait.
const STRETCH: Position = 10_000;

/// Entities folded at once.
const PAGE: usize = 100;

/// Every entity of a read model as it was at a position, in the order in which they began. The ledger is summed up first.
#[derive(Debug)]
pub struct Whole {
    model: Model,
    until: Position,
    /// How far the log has been searched for beginnings.
    searched: Position,
    begun: VecDeque<StreamId>,
    sums: Option<Sums>,
    entities: u64,
}

impl Whole {
    /// Nothing is read before it is asked for.
    #[must_use]
    pub fn new(model: Model, until: Position) -> Self {
        let sums = match model {
            Model::Ledger => Some(Sums::default()),
            Model::Shows | Model::Inventory | Model::Orders | Model::Payments | Model::Accounts => None,
        };
        Self { model, until, searched: 0, begun: VecDeque::new(), sums, entities: 0 }
    }

    /// How many entities have been folded.
    #[must_use]
    pub const fn entities(&self) -> u64 {
        self.entities
    }

    /// How far the log has been searched for more.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.searched
    }

    /// The next page; `None` after the last one. A page may be empty: those of the ledger are, until all of it is summed up.
    ///
    /// # Errors
    /// The database's own.
    pub async fn next(&mut self, connection: &mut PgConnection) -> Result<Option<Vec<Then>>, sqlx::Error> {
        if self.begun.is_empty() && self.searched < self.until {
            let last = self.until.min(self.searched.saturating_add(STRETCH));
            let categories = beginnings(self.model);
            self.begun = streams_begun(connection, categories, self.searched, last).await?.into();
            self.searched = last;
        }
        let entities: Vec<StreamId> = self.begun.drain(..PAGE.min(self.begun.len())).collect();
        if entities.is_empty() && self.searched >= self.until {
            return Ok(self.sums.take().map(|sums| sums.told().collect()));
        }
        self.entities += entities.len() as u64;
        match &mut self.sums {
            Some(sums) => sums.add(connection, &entities, self.until).await.map(|()| Some(vec![])),
            None => page(connection, self.model, &entities, self.until).await.map(Some),
        }
    }
}
