//! Rows and checkpoints as they were at one moment.

use std::ops::{Deref, DerefMut};

use domain::StreamId;
use event_store::Position;
use sqlx::{Connection, FromRow, PgConnection, PgPool, Postgres, Transaction};
use tracing::Instrument;

use crate::model::Model;

/// One moment: what is read through it belongs together. Not to be kept longer than an answer takes.
pub struct Snapshot(Transaction<'static, Postgres>);

/// An entity that stands still.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Parked {
    /// The read model in which it does.
    pub projection: String,
    /// The entity, a stream id.
    pub entity: String,
    /// The event that could not be applied.
    pub position: Position,
    /// Why.
    pub reason: String,
}

/// One moment on a connection of one's own. Not to be kept longer than it takes to read what belongs together.
///
/// # Errors
/// The database's own.
pub async fn moment(connection: &mut PgConnection) -> Result<Transaction<'_, Postgres>, sqlx::Error> {
    connection.begin_with(include_str!("sql/snapshot.sql")).await
}

impl Snapshot {
    /// Takes a connection from the pool. The moment is that of the first query.
    ///
    /// Whoever gives up while it begins leaves nothing behind: sqlx 0.9 counts a transaction only when its `BEGIN` is
    /// answered, so a caller who is gone by then would give back a connection on which it is open, and the next one
    /// would read the past. It begins in a task of its own therefore, which nobody interrupts.
    ///
    /// # Errors
    /// The database's own, or no connection was free in time.
    pub async fn begin(pool: &PgPool) -> Result<Self, sqlx::Error> {
        let pool = pool.clone();
        let begins = async move { pool.begin_with(include_str!("sql/snapshot.sql")).await };
        let begun = tokio::spawn(begins.in_current_span()).await;
        Ok(Self(begun.map_err(|_| sqlx::Error::WorkerCrashed)??))
    }

    /// The lowest checkpoint of these read models; 0 if one of them has none.
    ///
    /// # Errors
    /// The database's own.
    pub async fn position(&mut self, models: &[Model]) -> Result<Position, sqlx::Error> {
        let names: Vec<&str> = models.iter().map(|model| model.name()).collect();
        sqlx::query_scalar(include_str!("sql/lowest_position.sql")).bind(names).fetch_one(&mut *self.0).await
    }

    /// The first of these entities that stands still in its read model.
    ///
    /// # Errors
    /// The database's own.
    pub async fn parked(&mut self, entities: &[(Model, StreamId)]) -> Result<Option<Parked>, sqlx::Error> {
        let (models, entities): (Vec<&str>, Vec<String>) =
            entities.iter().map(|(model, entity)| (model.name(), entity.to_string())).unzip();
        sqlx::query_as(include_str!("sql/parked_first.sql"))
            .bind(models)
            .bind(entities)
            .fetch_optional(&mut *self.0)
            .await
    }

    /// Gives the connection back.
    ///
    /// # Errors
    /// The database's own.
    pub async fn close(self) -> Result<(), sqlx::Error> {
        self.0.rollback().await
    }
}

impl Deref for Snapshot {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Snapshot {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}
