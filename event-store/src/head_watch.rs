//! Knowing that the log has grown, without asking all the time.

use std::time::Duration;

use faultpoint::Point;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{reader::LogReader, record::Position, unpanicked::unpanicked};

/// The channel on which writers announce the head with every commit.
pub(crate) const CHANNEL: &str = "stagedoor_log";

/// Notifications may be lost while the listener reconnects: the head is asked for at least this often.
const POLL: Duration = Duration::from_secs(1);

/// Follows the head of the log by notification, and by asking once a second. The receiver holds the highest position
/// known; it starts at 0 and is closed when `cancel` fires.
#[must_use]
pub fn watch_head(options: PgConnectOptions, cancel: CancellationToken) -> watch::Receiver<Position> {
    let (sender, receiver) = watch::channel(0);
    tokio::spawn(async move {
        cancel
            .run_until_cancelled(async {
                loop {
                    match unpanicked(Box::pin(follow(&options, &sender))).await {
                        Ok(Ok(())) => {}
                        Ok(Err(error)) => {
                            tracing::warn!(%error, "lost sight of the log's head; trying again");
                        }
                        Err(panic) => {
                            tracing::error!(panic, "lost sight of the log's head; trying again");
                        }
                    }
                    sleep(POLL).await;
                }
            })
            .await;
    });
    receiver
}

async fn follow(options: &PgConnectOptions, sender: &watch::Sender<Position>) -> Result<(), sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.ignore_pool_close_event(true);
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    let mut reader = LogReader::new(options.clone(), "head watch");
    loop {
        set(sender, reader.head().await?.position);
        while let Ok(notification) = timeout(POLL, listener.try_recv()).await {
            match notification? {
                Some(notification) => {
                    faultpoint::pass(Point::NotifyHeard).await?;
                    raise(sender, notification.payload().parse().unwrap_or_default());
                }
                // The connection was lost and with it perhaps a notification: ask.
                None => break,
            }
        }
    }
}

/// What the log itself says counts, even if it is less: a restored log may be shorter.
fn set(sender: &watch::Sender<Position>, position: Position) {
    sender.send_if_modified(|known| std::mem::replace(known, position) != position);
}

/// Several writers announce: a late word of an earlier head must not lower what is known.
fn raise(sender: &watch::Sender<Position>, position: Position) {
    sender.send_if_modified(|known| {
        let higher = position > *known;
        *known = (*known).max(position);
        higher
    });
}
