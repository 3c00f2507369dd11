//! One moment of the read models, late enough for the caller.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use domain::StreamId;
use edge::{Answered, Problem};
use event_store::Position;
use faultpoint::{Sabotage, sabotaged};
use projections::{Model, Snapshot, WaitError};

use crate::app::App;

/// How long a query waits for the read models to come to `min_position`.
const PATIENCE: Duration = Duration::from_secs(2);

/// A snapshot, and how far the read models had come in it that are read through it.
pub(crate) struct Reading {
    snapshot: Snapshot,
    position: Position,
}

impl Reading {
    /// A snapshot in which each of these read models has come to `min_position`; one without read models shows the
    /// log's own end.
    pub(crate) async fn begin(
        app: &App,
        models: &[Model],
        min_position: Option<Position>,
    ) -> Result<Self, Problem> {
        let mut now = Self::now(app, models).await?;
        let lags = |wanted: &Position| now.position < *wanted && !sabotaged(Sabotage::ReadYourWritesOff);
        let Some(wanted) = min_position.filter(lags) else { return Ok(now) };
        let head = event_store::head(&mut now).await?.position;
        // Whoever waits holds no connection.
        now.close().await?;
        if head < wanted {
            return Err(Problem::position_unknown(head));
        }
        let arrival = app.checkpoints.wait_until(models, wanted, PATIENCE).await;
        arrival.map_err(|error| refused(error, wanted))?;
        let then = Self::now(app, models).await?;
        // A rebuild that begins just now puts a read model back.
        if then.position < wanted {
            return Err(Problem::projection_lagging(then.position, wanted));
        }
        Ok(then)
    }

    async fn now(app: &App, models: &[Model]) -> Result<Self, Problem> {
        let mut snapshot = Snapshot::begin(&app.pool).await?;
        let position = if models.is_empty() {
            event_store::head(&mut snapshot).await?.position
        } else {
            snapshot.position(models).await?
        };
        Ok(Self { snapshot, position })
    }

    /// What was found, unless one of the entities it is made of stands still. `hidden` says that there is something,
    /// but nothing for this caller: that must look like nothing at all.
    pub(crate) async fn judge<T>(
        &mut self,
        found: Option<T>,
        hidden: bool,
        entities: &[(Model, StreamId)],
    ) -> Result<T, Problem> {
        if hidden {
            return Err(Problem::not_found());
        }
        // Also without a row: the very first event may be the one that can't be applied.
        match self.snapshot.parked(entities).await? {
            Some(_) => Err(Problem::projection_parked()),
            None => found.ok_or_else(Problem::not_found),
        }
    }

    /// The answer, with its position.
    pub(crate) async fn answer<T>(self, body: T) -> Result<Answered<T>, Problem> {
        let position = self.close().await?;
        Ok(Answered::ok(body).at(position))
    }

    /// Ends the snapshot: where it was.
    pub(crate) async fn close(self) -> Result<Position, Problem> {
        self.snapshot.close().await?;
        Ok(self.position - Position::from(sabotaged(Sabotage::PositionsGoBack)))
    }
}

fn refused(error: WaitError, wanted: Position) -> Problem {
    match error {
        WaitError::Lagging { position } => Problem::projection_lagging(position, wanted),
        WaitError::TooManyWait => Problem::queue_full(),
    }
}

impl Deref for Reading {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Snapshot {
        &mut self.snapshot
    }
}
