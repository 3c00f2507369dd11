//! The relay's life: lead or stand by, and never give up.

use std::time::Duration;

use event_store::Position;
use tokio::{sync::watch, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    backoff::Backoff,
    error::RelayError,
    leadership,
    options::RelayOptions,
    refusals::Refusals,
    session::session,
    status::{RelayStatus, StatusSender},
};

/// How often a stopped relay looks whether the stream was reset.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What the relay says of itself, and its work, which ends only when `cancel` fires. `head` is
/// [`event_store::watch_head`]'s.
pub fn run(
    options: RelayOptions,
    head: watch::Receiver<Position>,
    cancel: CancellationToken,
) -> (watch::Receiver<RelayStatus>, impl Future<Output = ()> + Send) {
    let (sender, status) = StatusSender::new();
    let work = Box::pin(async move {
        let (leading, lead) = watch::channel(false);
        tokio::join!(
            leadership::keep(&options, leading, cancel.clone()),
            cancel.run_until_cancelled(relay(&options, &head, lead, &sender)),
        );
    });
    (status, work)
}

async fn relay(
    options: &RelayOptions,
    head: &watch::Receiver<Position>,
    mut lead: watch::Receiver<bool>,
    status: &StatusSender,
) {
    loop {
        status.standby();
        if lead.wait_for(|leading| *leading).await.is_err() {
            return;
        }
        tokio::select! {
            () = sessions(options, head, status) => {}
            _ = lead.wait_for(|leading| !leading) => tracing::warn!("the relay's lease was lost"),
        }
    }
}

/// One attempt after the other.
async fn sessions(options: &RelayOptions, head: &watch::Receiver<Position>, status: &StatusSender) {
    let (mut backoff, mut refusals) = (Backoff::new(), Refusals::default());
    status.connecting();
    loop {
        let before = status.position();
        let error = refusals.weigh(session(options, head, status).await);
        if status.position() > before {
            backoff.reset();
        }
        status.failed(&error);
        sleep(if matches!(error, RelayError::Stopped(_)) { LOOK_AGAIN } else { backoff.delay() }).await;
    }
}
