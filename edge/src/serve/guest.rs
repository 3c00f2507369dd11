//! What one connection is doing, for those who look after all of them.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::Bounds;

/// One connection. Written at every request, so without locks and timers: hyper's own timeout for heads would allocate
/// and arm a timer for each request.
#[derive(Debug)]
pub(super) struct Guest {
    arrived: Instant,
    /// Requests that are being answered.
    asked: AtomicUsize,
    /// Whether an answer waits for the client to take it.
    answer_waits: AtomicBool,
    /// Since when nothing is being answered, in milliseconds after its arrival.
    free_since: AtomicU64,
    /// When the first byte of a request came that is not complete yet; 0 for none.
    heard_at: AtomicU64,
    leave: Notify,
}

impl Guest {
    pub(super) fn new() -> Self {
        Self {
            arrived: Instant::now(),
            asked: AtomicUsize::new(0),
            answer_waits: AtomicBool::new(false),
            free_since: AtomicU64::new(0),
            heard_at: AtomicU64::new(0),
            leave: Notify::new(),
        }
    }

    /// Bytes came.
    pub(super) fn heard(&self) {
        if self.is_free() && self.heard_at.load(Relaxed) == 0 {
            self.heard_at.store(self.now().max(1), Relaxed);
        }
    }

    /// A request is complete but for its body.
    pub(super) fn asks(&self) {
        self.asked.fetch_add(1, Relaxed);
        self.heard_at.store(0, Relaxed);
    }

    /// Its answer is on its way.
    pub(super) fn is_answered(&self) {
        if self.asked.fetch_sub(1, Relaxed) == 1 {
            self.free_since.store(self.now(), Relaxed);
        }
    }

    /// The client takes its answer slower than it comes, or has taken it now.
    pub(super) fn lets_wait(&self, waits: bool) {
        self.answer_waits.store(waits, Relaxed);
        self.free_since.store(self.now(), Relaxed);
    }

    /// Nothing is being answered.
    pub(super) fn is_free(&self) -> bool {
        self.asked.load(Relaxed) == 0 && !self.answer_waits.load(Relaxed)
    }

    /// Whether it has kept the service waiting for longer than it may.
    pub(super) fn is_overdue(&self, bounds: &Bounds) -> bool {
        let heard = self.heard_at.load(Relaxed);
        self.is_free() && (self.free_for() > bounds.idle || (heard > 0 && self.past(heard) > bounds.head))
    }

    /// How long nothing has been answered.
    pub(super) fn free_for(&self) -> Duration {
        self.past(self.free_since.load(Relaxed))
    }

    /// Asks it to go.
    pub(super) fn dismiss(&self) {
        self.leave.notify_one();
    }

    /// Waits until it is asked to go.
    pub(super) async fn dismissed(&self) {
        self.leave.notified().await;
    }

    fn now(&self) -> u64 {
        u64::try_from(self.arrived.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn past(&self, moment: u64) -> Duration {
        Duration::from_millis(self.now().saturating_sub(moment))
    }
}
