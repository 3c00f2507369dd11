//! What handlers share.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use domain::Operation;
use edge::{Answered, Problem};
use event_store::{Command, Committed, Context, Position, Sequencer};
use faultpoint::Point;
use http::StatusCode;
use sqlx::PgPool;

use crate::{Payments, refusal};

/// What handlers share. Cheap to clone, which every layer around them does: one pointer.
#[derive(Clone)]
pub struct App {
    shared: Arc<Shared>,
}

/// See [`App`].
pub struct Shared {
    pub(crate) sequencer: Sequencer,
    pub(crate) edge: edge::Context,
    pub(crate) pool: PgPool,
    pub(crate) payments: Payments,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl App {
    /// Decides through `sequencer`; `pool`, as the writer role, tells whether the database can be written.
    #[must_use]
    pub fn new(sequencer: Sequencer, edge: edge::Context, pool: PgPool, payments: Payments) -> Self {
        Self { shared: Arc::new(Shared { sequencer, edge, pool, payments }) }
    }

    /// Carries out an operation: when this returns `Ok`, its events are committed.
    pub(crate) async fn execute<O: Operation>(
        &self,
        context: Context,
        operation: O,
    ) -> Result<Committed<O::Answer>, Problem> {
        faultpoint::reach(Point::CommandAccepted).await;
        let executed = self.sequencer.execute(Command { operation, context }).await;
        faultpoint::reach(Point::CommandAnswered).await;
        executed.map_err(refusal::problem)
    }
}

impl FromRef<App> for edge::Context {
    fn from_ref(app: &App) -> Self {
        app.edge.clone()
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

/// What was committed, as the caller sees it; a replay looks like the first answer.
pub(crate) fn answered<A, V>(
    status: StatusCode,
    committed: Committed<A>,
    view: impl FnOnce(A, Position) -> V,
) -> Answered<V> {
    let Committed { answer, position, replayed } = committed;
    Answered::new(status, view(answer, position)).at(position).replayed(replayed)
}
