//! Snapshots of long streams, written beside the sequencer's work and never in its way.

use domain::{State, StreamId, Versioned};
use faultpoint::Point;
use sqlx::{PgConnection, postgres::PgConnectOptions};
use tokio::sync::mpsc;

use crate::connect::connect;

/// Snapshots that may wait; while so many do, further ones are left out, which costs nothing but a longer load later.
const WAITING: usize = 16;

pub(super) type Snapshots = mpsc::Sender<(StreamId, Versioned)>;

/// Starts the task that writes them; it ends when the sender is dropped.
pub(super) fn start(options: PgConnectOptions) -> Snapshots {
    let (sender, mut waiting) = mpsc::channel::<(StreamId, Versioned)>(WAITING);
    tokio::spawn(async move {
        let mut connection = None;
        while let Some((stream, versioned)) = waiting.recv().await {
            if let Err(error) = write(&options, &mut connection, stream, versioned).await {
                tracing::warn!(%stream, %error, "a snapshot was not written; the stream is read from further back");
                connection = None;
            }
        }
    });
    sender
}

async fn write(
    options: &PgConnectOptions,
    connection: &mut Option<PgConnection>,
    stream: StreamId,
    versioned: Versioned,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    faultpoint::pass(Point::SnapshotBeforeWrite).await?;
    let version = i64::try_from(versioned.version)?;
    // A large state takes milliseconds to serialise: not on a thread that others wait for.
    let state = tokio::task::spawn_blocking(move || serde_json::to_string(&versioned.state)).await??;
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(connect(options, "snapshots").await?),
    };
    sqlx::query(include_str!("../sql/write_snapshot.sql"))
        .bind(stream.to_string())
        .bind(version)
        .bind(State::snapshot_schema(stream.category()))
        .bind(state)
        .execute(connection)
        .await?;
    Ok(())
}
