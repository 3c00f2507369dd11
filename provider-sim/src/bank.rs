//! What the parts of the provider share: the books, and the one place where they are changed.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Options,
    books::{Books, Entry, Scribe, Written},
};

/// How often the clock is looked at while something is waited for: it may jump.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a webhook that comes first is waited for: shorter than a client waits.
const NOTICE_WITHIN: Duration = Duration::from_secs(2);

pub(crate) struct Bank {
    pub(crate) books: Mutex<Books>,
    pub(crate) scribe: Scribe,
    pub(crate) options: Options,
    /// Something is to be done that was not before.
    pub(crate) changed: Notify,
    /// A notice was taken.
    pub(crate) told: Notify,
    pub(crate) end: CancellationToken,
}

impl Bank {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.options.clock)()
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides, alone, and enters what was decided. Nothing may be promised before it is written.
    pub(crate) fn decide<T>(
        &self,
        decide: impl FnOnce(&Books, DateTime<Utc>) -> (Vec<Entry>, T),
    ) -> (T, Written) {
        let mut books = self.books();
        let (mut entries, decided) = decide(&books, self.now());
        if self.options.webhook_url.is_none() {
            entries.retain(|entry| !matches!(entry, Entry::Notice(_)));
        }
        // Under the lock, so that the lines are in the order of the decisions.
        let written = self.scribe.enter(&entries);
        for entry in entries {
            books.enter(entry);
        }
        drop(books);
        self.changed.notify_one();
        (decided, written)
    }

    /// Until then, or until everything ends.
    pub(crate) async fn wait_until(&self, at: DateTime<Utc>) {
        while let Ok(left) = (at - self.now()).to_std()
            && !left.is_zero()
            && self.end.run_until_cancelled(sleep(left.min(LOOK_EVERY))).await.is_some()
        {}
    }

    /// Until a notice was told, for a while.
    pub(crate) async fn wait_until_told(&self, intent: &str, notice: &str) {
        let told = async {
            loop {
                let next = self.told.notified();
                if !self.books().is_to_be_told(intent, notice) {
                    return;
                }
                next.await;
            }
        };
        // In vain, the answer comes first after all.
        let _ = self.end.run_until_cancelled(timeout(NOTICE_WITHIN, told)).await;
    }
}
