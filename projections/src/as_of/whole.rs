//! A whole read model, a page of it at a time.

use domain::{Category, StreamId};
use event_store::{Position, streams_begun};
use sqlx::PgConnection;

use super::{Then, beginnings, ledger::Sums, page};
use crate::model::Model;

/// Entities folded at once.
const PAGE: i64 = 100;

/// Every entity of a read model as it was at a position, in the order of their ids: that in which they began, but for
/// accounts. The ledger is summed up first.
#[derive(Debug)]
pub struct Whole {
    model: Model,
    until: Position,
    categories: std::slice::Iter<'static, Category>,
    reading: Option<(Category, Option<StreamId>)>,
    sums: Option<Sums>,
    entities: i64,
}

impl Whole {
    /// Nothing is read before it is asked for.
    #[must_use]
    pub fn new(model: Model, until: Position) -> Self {
        let mut categories = beginnings(model).iter();
        let reading = categories.next().map(|category| (*category, None));
        let sums = match model {
            Model::Ledger => Some(Sums::default()),
            Model::Shows | Model::Inventory | Model::Orders | Model::Payments | Model::Accounts => None,
        };
        Self { model, until, categories, reading, sums, entities: 0 }
    }

    /// How many entities have been folded.
    #[must_use]
    pub const fn entities(&self) -> i64 {
        self.entities
    }

    /// The next page; `None` after the last one. Pages of the ledger are empty until all of it is summed up.
    ///
    /// # Errors
    /// The database's own.
    pub async fn next(&mut self, connection: &mut PgConnection) -> Result<Option<Vec<Then>>, sqlx::Error> {
        let Some((category, after)) = self.reading else {
            return Ok(self.sums.take().map(|sums| sums.told().collect()));
        };
        let entities = streams_begun(connection, category, after, self.until, PAGE).await?;
        let count = i64::try_from(entities.len()).unwrap_or(PAGE);
        self.entities += count;
        self.reading = if count < PAGE {
            self.categories.next().map(|category| (*category, None))
        } else {
            Some((category, entities.last().copied()))
        };
        match &mut self.sums {
            Some(sums) => sums.add(connection, &entities, self.until).await.map(|()| Some(vec![])),
            None => page(connection, self.model, &entities, self.until).await.map(Some),
        }
    }
}
