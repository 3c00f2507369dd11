//! A read model that is made anew in the slot that is not read.

use event_store::Position;
use sqlx::{Connection, FromRow, PgConnection, Postgres, Transaction};
use uuid::Uuid;

use super::{Purpose, RebuildError, empty};
use crate::{
    checkpoint::{self, Checkpoint},
    fence::Fence,
    parked,
    read_model::ReadModel,
    slot::{Slot, Until},
};

/// How far it has come, as whoever fills it last saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shadow {
    /// The last event applied.
    pub(crate) position: Position,
    /// The log that position counts in.
    pub(crate) log_id: Uuid,
    slot: Slot,
    version: i32,
    /// Who fills it. Whoever takes it over writes another id there, and the one before finds itself fenced off.
    run: Uuid,
}

#[derive(Debug, Clone, Copy, FromRow)]
struct Row {
    slot: Slot,
    purpose: Purpose,
    position: Position,
    log_id: Uuid,
    version: i32,
    run: Uuid,
}

impl Shadow {
    /// Takes up what an earlier run left behind, if it is of use, and begins with an empty slot otherwise. The
    /// connection's names mean that slot from now on.
    pub(super) async fn take_up<M: ReadModel>(
        connection: &mut PgConnection,
        live: &Checkpoint,
        purpose: Purpose,
        run: Uuid,
    ) -> Result<Self, RebuildError> {
        let slot = live.slot.other();
        slot.enter(connection, M::NAME, Until::Further).await?;
        let left = overtake::<M>(connection, live, run).await?;
        let of_use = left.slot == slot
            && left.purpose != Purpose::Retired
            && (left.log_id, left.version) == (live.log_id, M::VERSION)
            && left.position <= live.position
            // An older fold may have gone on where this one can't.
            && (live.version < M::VERSION || parked::anew(connection, M::NAME, slot).await?.is_none());
        let position = if of_use { left.position } else { 0 };
        let fresh = Self { position, log_id: live.log_id, slot, version: M::VERSION, run };
        if !of_use {
            empty::slot::<M>(connection, &fresh, left.slot != slot || left.purpose == Purpose::Retired)
                .await?;
        }
        let mut transaction = connection.begin().await?;
        fresh.mark::<M>(&mut transaction, purpose).await?;
        transaction.commit().await?;
        Ok(fresh)
    }

    /// Writes down what the slot is now.
    pub(super) async fn mark<M: ReadModel>(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
        purpose: Purpose,
    ) -> Result<(), RebuildError> {
        let marked = sqlx::query(include_str!("../sql/shadow_mark.sql"))
            .bind(M::NAME)
            .bind(self.run)
            .bind(self.slot)
            .bind(purpose)
            .bind(self.position)
            .bind(self.log_id)
            .bind(self.version)
            .execute(&mut **transaction)
            .await?;
        if marked.rows_affected() == 1 { Ok(()) } else { Err(RebuildError::Overtaken) }
    }

    /// What is left of it once it is read: the other slot, which was read until then.
    pub(super) fn retired(self) -> Self {
        Self { slot: self.slot.other(), ..self }
    }

    /// Locks it for this transaction, wherever it has come to; only whoever fills it may.
    pub(super) async fn hold<M: ReadModel>(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
    ) -> Result<(), RebuildError> {
        let row = read::<M>(transaction).await?;
        if row.is_some_and(|row| row.run == self.run) { Ok(()) } else { Err(RebuildError::Overtaken) }
    }

    /// The slot is empty, and nothing is to be remembered of it.
    pub(super) async fn forget<M: ReadModel>(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(include_str!("../sql/shadow_forget.sql"))
            .bind(M::NAME)
            .bind(self.run)
            .execute(connection)
            .await
            .map(|_| ())
    }
}

/// Who was at work there until now finds itself fenced off; unless it has swapped the slots since they were looked at:
/// what was the other one then is read now.
async fn overtake<M: ReadModel>(
    connection: &mut PgConnection,
    live: &Checkpoint,
    run: Uuid,
) -> Result<Row, RebuildError> {
    let mut transaction = connection.begin().await?;
    let left = sqlx::query_as(include_str!("../sql/shadow_overtake.sql"))
        .bind(M::NAME)
        .bind(live.slot.other())
        .bind(live.log_id)
        .bind(M::VERSION)
        .bind(run)
        .fetch_one(&mut *transaction)
        .await?;
    let now = checkpoint::look::<M>(&mut transaction).await?;
    if now.is_none_or(|now| (now.slot, now.log_id) != (live.slot, live.log_id)) {
        return Err(RebuildError::Overtaken);
    }
    transaction.commit().await?;
    Ok(left)
}

async fn read<M: ReadModel>(transaction: &mut PgConnection) -> Result<Option<Row>, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/shadow_lock.sql")).bind(M::NAME).fetch_optional(transaction).await
}

impl Fence for Shadow {
    fn slot(&self) -> Slot {
        self.slot
    }

    async fn lock<M: ReadModel>(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
    ) -> Result<Option<Self>, sqlx::Error> {
        let row = read::<M>(transaction).await?;
        let ours =
            row.filter(|row| (row.run, row.slot, row.position) == (self.run, self.slot, self.position));
        Ok(ours.map(|_| *self))
    }

    async fn advance<M: ReadModel>(
        &self,
        connection: &mut PgConnection,
        position: Position,
    ) -> Result<Option<Self>, sqlx::Error> {
        let moved = sqlx::query(include_str!("../sql/shadow_advance.sql"))
            .bind(M::NAME)
            .bind(self.run)
            .bind(self.position)
            .bind(position)
            .execute(connection)
            .await?;
        Ok((moved.rows_affected() == 1).then_some(Self { position, ..*self }))
    }
}
