//! What runs, and how it ends.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::failure::Failure;

/// How long everything may take to end in order.
const DRAIN: Duration = Duration::from_secs(20);

/// What runs, and how it is ended: first whatever takes work in, then whatever does it.
#[derive(Clone)]
pub(crate) struct Running {
    /// Cancelled to end what takes work in.
    pub(crate) intake: CancellationToken,
    /// Cancelled when nothing more comes in.
    pub(crate) work: CancellationToken,
    pub(crate) intakes: TaskTracker,
    pub(crate) workers: TaskTracker,
    /// Why it ended without having been asked to: the first reason.
    cause: Arc<OnceLock<String>>,
}

impl Running {
    pub(crate) fn new() -> Self {
        Self {
            intake: CancellationToken::new(),
            work: CancellationToken::new(),
            intakes: TaskTracker::new(),
            workers: TaskTracker::new(),
            cause: Arc::default(),
        }
    }

    /// Runs a part of the system. One that panics, or ends before everything does, ends everything: half a system
    /// that looks alive is worse than one that is started again.
    pub(crate) fn spawn(
        &self,
        name: &'static str,
        tracker: &TaskTracker,
        part: impl Future<Output = ()> + Send + 'static,
    ) {
        let running = self.clone();
        tracker.spawn(async move {
            match tokio::spawn(part).await {
                // The sequencer ends when those who use it have, which is before work is cancelled.
                Ok(()) if running.intake.is_cancelled() => {}
                Ok(()) => running.fail(format!("{name} ended by itself")),
                Err(error) => {
                    let why = error.try_into_panic().map_or("cancelled".to_owned(), |panic| said(&*panic));
                    running.fail(format!("{name} panicked: {why}"));
                }
            }
        });
    }

    /// Ends everything, because of this.
    pub(crate) fn fail(&self, cause: String) {
        tracing::error!(cause, "a part of the system failed; everything ends");
        let _ = self.cause.set(cause);
        self.intake.cancel();
    }

    /// Waits until something asked everything to end.
    pub(crate) async fn cancelled(&self) {
        self.intake.cancelled().await;
    }

    /// Ends everything in order: what was accepted is answered. Fails if a part did.
    pub(crate) async fn end(&self) -> Result<(), Failure> {
        self.intake.cancel();
        self.intakes.close();
        let _ = timeout(DRAIN, self.intakes.wait()).await;
        self.work.cancel();
        self.workers.close();
        if timeout(DRAIN, self.workers.wait()).await.is_err() {
            tracing::warn!("some work did not end in time; it is taken up again at the next start");
        }
        self.cause.get().map_or(Ok(()), |cause| Err(Failure::other(cause)))
    }
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn end_of(part: impl Future<Output = ()> + Send + 'static) -> Failure {
        let running = Running::new();
        running.spawn("the part", &running.workers, part);
        running.cancelled().await;
        running.end().await.unwrap_err()
    }

    #[tokio::test]
    async fn a_part_that_panics_ends_everything_and_is_named() {
        let failure = end_of(async { panic!("out of {}", "tea") }).await;
        assert_eq!((failure.to_string().as_str(), failure.code()), ("the part panicked: out of tea", 4));
    }

    #[tokio::test]
    async fn a_part_that_ends_early_ends_everything_and_is_named() {
        let failure = end_of(async {}).await;
        assert_eq!((failure.to_string().as_str(), failure.code()), ("the part ended by itself", 4));
    }

    #[tokio::test]
    async fn parts_that_end_when_asked_to_have_not_failed() {
        let running = Running::new();
        running.spawn("intake", &running.intakes, running.intake.clone().cancelled_owned());
        running.spawn("work", &running.workers, running.work.clone().cancelled_owned());
        assert!(running.end().await.is_ok());
    }
}
