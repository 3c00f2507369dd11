//! What is read, and what is made beside it.

use std::sync::Arc;

use event_store::{LogReader, Position};
use faultpoint::Point;
use sqlx::{Connection, PgConnection, Postgres, Transaction, postgres::PgConnectOptions};
use uuid::Uuid;

use super::{Purpose, RebuildError, shadow::Shadow};
use crate::{
    apply::{ApplyError, apply},
    checkpoint::{self, Checkpoint},
    connect::connect,
    read_model::ReadModel,
};

/// At most so many events are applied while the checkpoint is locked: whoever follows the log waits for them.
pub(super) const NEAR: Position = 500;

/// Both slots, each on a connection of its own.
pub(super) struct Both {
    pub(super) database: PgConnectOptions,
    /// Sees and locks the checkpoint of what is read.
    pub(super) live: PgConnection,
    /// Writes the other slot; names mean its tables.
    pub(super) made: PgConnection,
    pub(super) shadow: Shadow,
    log: LogReader,
}

/// Both sides at one position, where what is read stays until this ends.
pub(super) struct Meeting<'a> {
    pub(super) transaction: Transaction<'a, Postgres>,
    pub(super) checkpoint: Checkpoint,
    pub(super) shadow: &'a mut Shadow,
}

impl Both {
    /// Begins, or takes up what an earlier run has left.
    pub(super) async fn open<M: ReadModel>(
        database: &PgConnectOptions,
        purpose: Purpose,
        run: Uuid,
    ) -> Result<(Self, Checkpoint), RebuildError> {
        let mut live = connect(database, "rebuild").await?;
        let checkpoint = current::<M>(&mut live).await?;
        faultpoint::reach(Point::RebuildLooked).await;
        let mut made = connect(database, "rebuild").await?;
        let shadow = Shadow::take_up::<M>(&mut made, &checkpoint, purpose, run).await?;
        faultpoint::reach(Point::RebuildBegun).await;
        let log = LogReader::new(database.clone(), "rebuild");
        Ok((Self { database: database.clone(), live, made, shadow, log }, checkpoint))
    }

    /// Where what is read has come to.
    pub(super) async fn live_position<M: ReadModel>(&mut self) -> Result<Position, RebuildError> {
        let checkpoint = current::<M>(&mut self.live).await?;
        if checkpoint.log_id != self.shadow.log_id {
            return Err(RebuildError::OtherLog);
        }
        Ok(checkpoint.position)
    }

    /// Holds what is read where it is, and, unless a guard is off, brings the other one there. `None` if that is too far.
    pub(super) async fn meet<M: ReadModel>(
        &mut self,
        catching_up: bool,
    ) -> Result<Option<Meeting<'_>>, RebuildError> {
        let mut transaction = self.live.begin().await?;
        let locked = checkpoint::hold::<M>(&mut transaction).await?;
        let checkpoint = locked.ok_or(RebuildError::NotBegun(M::NAME))?;
        let log = event_store::head(&mut transaction).await?;
        if (checkpoint.log_id, log.log_id) != (self.shadow.log_id, self.shadow.log_id) {
            return Err(RebuildError::OtherLog);
        }
        if checkpoint.position - self.shadow.position > NEAR && catching_up {
            return Ok(None);
        }
        faultpoint::reach(Point::RebuildMeets).await;
        while self.shadow.position < checkpoint.position && catching_up {
            let missing = checkpoint.position - self.shadow.position;
            let events = self.log.after(self.shadow.position, missing).await?;
            let events: Vec<_> = events.into_iter().map(Arc::new).collect();
            let applied = apply::<M, _>(&mut self.made, &self.shadow, &events).await;
            self.shadow = applied.map_err(refused)?.ok_or(RebuildError::Overtaken)?;
        }
        Ok(Some(Meeting { transaction, checkpoint, shadow: &mut self.shadow }))
    }
}

/// The checkpoint of what is read, unless it is another log's or a newer program's.
async fn current<M: ReadModel>(connection: &mut PgConnection) -> Result<Checkpoint, RebuildError> {
    let found = checkpoint::look::<M>(&mut *connection).await?;
    // Later: by then the log is at least as long as whatever was seen of it.
    let head = event_store::head(connection).await?;
    let ours = |found: &Checkpoint| found.log_id == head.log_id && found.position <= head.position;
    let checkpoint = found.filter(ours).ok_or(RebuildError::NotBegun(M::NAME))?;
    if checkpoint.version > M::VERSION {
        return Err(RebuildError::Newer { name: M::NAME, found: checkpoint.version, known: M::VERSION });
    }
    Ok(checkpoint)
}

fn refused(error: ApplyError) -> RebuildError {
    match error {
        ApplyError::Stop(stop) => stop.into(),
        ApplyError::Database(error) => error.into(),
    }
}
