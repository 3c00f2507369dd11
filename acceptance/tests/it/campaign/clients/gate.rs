//! Lets everyone work, or keeps them from beginning anything new.

use tokio::sync::watch;

pub(crate) struct Gate {
    open: watch::Sender<bool>,
    inside: watch::Sender<usize>,
}

/// Somebody at work.
pub(crate) struct Inside<'a>(&'a Gate);

impl Gate {
    pub(crate) fn open() -> Self {
        Self { open: watch::Sender::new(true), inside: watch::Sender::new(0) }
    }

    /// Waits until the gate is open.
    pub(crate) async fn pass(&self) -> Inside<'_> {
        let mut open = self.open.subscribe();
        loop {
            let _ = open.wait_for(|open| *open).await;
            self.inside.send_modify(|inside| *inside += 1);
            let inside = Inside(self);
            if *open.borrow() {
                return inside;
            }
        }
    }

    pub(crate) fn close(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn reopen(&self) {
        self.open.send_replace(true);
    }

    pub(crate) async fn empty(&self) {
        let _ = self.inside.subscribe().wait_for(|inside| *inside == 0).await;
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.inside.send_modify(|inside| *inside -= 1);
    }
}
