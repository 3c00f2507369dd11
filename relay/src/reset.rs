//! `stagedoor relay reset`: the only thing that deletes the stream.

use std::time::Duration;

use async_nats::jetstream::{self, Context};
use event_store::{LogReader, Position};
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;

use crate::{
    error::RelayError, identity::as_position, nats::Link, options::RelayOptions, run::run, session::prepare,
    stream,
};

/// How often progress is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// A running relay that does not move for so long has a reason of its own.
const NO_PROGRESS_FOR: Duration = Duration::from_mins(1);

/// How far the refilling has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetProgress {
    /// Where the new stream begins, less one.
    pub from: Position,
    /// The last position in the stream.
    pub position: Position,
    /// The log's end when the stream was made.
    pub head: Position,
}

/// Deletes the stream, makes it anew, and returns when it reaches to what was then the log's end. The relay that runs
/// refills it; where none runs, this one does.
///
/// # Errors
/// Postgres or NATS can't be reached, or the running relay does not refill.
pub async fn reset(options: &RelayOptions, progress: impl FnMut(ResetProgress)) -> Result<(), RelayError> {
    let link = Link::open(&options.nats, 1).await?;
    stream::delete(&jetstream::new(link.client.clone()), &options.stream).await?;
    drop(link);
    refill(options, progress).await
}

/// Returns when the stream reaches to what is the log's end now, and makes it if it is missing. The relay that runs fills
/// it; where none runs, this one does.
///
/// # Errors
/// Postgres or NATS can't be reached, the stream says something else than the log, or the running relay does not refill.
pub async fn refill(
    options: &RelayOptions,
    mut progress: impl FnMut(ResetProgress),
) -> Result<(), RelayError> {
    let link = Link::open(&options.nats, 1).await?;
    let context = jetstream::new(link.client.clone());
    let mut log = LogReader::new(options.database.clone(), "relay reset");
    // A running relay may be quicker to make it; then this finds it, and all is well too.
    let (examined, from) = Box::pin(prepare(&context, &mut log, options)).await?;
    let goal = ResetProgress { from: from.position, position: from.position, head: examined.head.position };
    let cancel = CancellationToken::new();
    // Stands by while another leads. The head is known to be at least this; more is not waited for.
    let (_announce, head) = tokio::sync::watch::channel(goal.head);
    let (_, helping) = run(options.clone(), head, cancel.clone());
    let watching = async {
        let outcome = watch(&context, options, goal, &mut progress).await;
        cancel.cancel();
        outcome
    };
    tokio::join!(helping, watching).1
}

async fn watch(
    context: &Context,
    options: &RelayOptions,
    mut goal: ResetProgress,
    progress: &mut impl FnMut(ResetProgress),
) -> Result<(), RelayError> {
    let mut ticks = interval(LOOK_EVERY);
    let mut moved = Instant::now();
    loop {
        ticks.tick().await;
        let info = stream::look_up(context, &options.stream).await?;
        let position = info.map_or(goal.from, |info| as_position(info.state.last_sequence));
        if position != goal.position {
            moved = Instant::now();
        }
        goal.position = position;
        progress(goal);
        if position >= goal.head {
            return Ok(());
        }
        if moved.elapsed() > NO_PROGRESS_FOR {
            return Err(RelayError::NotRefilling(position));
        }
    }
}
