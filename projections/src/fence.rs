//! What keeps two from writing to one place.

use event_store::Position;
use sqlx::{PgConnection, Postgres, Transaction};

use crate::{read_model::ReadModel, slot::Slot};

/// How far the rows of a slot have come, as whoever writes them last saw it: the checkpoint of what is read, or that of
/// a shadow. Rows are only written in a transaction that finds it unchanged, and that moves it.
pub(crate) trait Fence: Copy + Send + Sync {
    /// Where the rows are.
    fn slot(&self) -> Slot;

    /// Locks it for this transaction; `None` if it is no longer where it was: someone else works.
    fn lock<M: ReadModel>(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
    ) -> impl Future<Output = Result<Option<Self>, sqlx::Error>> + Send;

    /// Moves it from where it was expected to `position`; `None` if it was not there.
    fn advance<M: ReadModel>(
        &self,
        connection: &mut PgConnection,
        position: Position,
    ) -> impl Future<Output = Result<Option<Self>, sqlx::Error>> + Send;
}
