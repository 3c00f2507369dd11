//! The newest events: of this process's making where they are, else to be had elsewhere.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use super::Appended;
use crate::record::{Position, RecordedEvent};

/// While this process writes, news of the log are most likely its own, and take so long at most to arrive here.
const OWN_FIRST: Duration = Duration::from_millis(25);
/// So long after its last batch this process counts as writing.
const WRITING: Duration = Duration::from_secs(1);

/// Follows the log by what this process appends, and tells when that is not enough. A program without a sequencer has
/// none of its own: then every event is to be had elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Own {
    appended: Option<Appended>,
    /// When something came from there.
    last: Option<Instant>,
}

/// Where the events after a position are.
#[derive(Debug)]
pub enum Next {
    /// Here.
    Events(Vec<Arc<RecordedEvent>>),
    /// In the log, between events of this process's making.
    Between,
    /// Not here: this process has not written lately.
    Elsewhere,
}

impl Own {
    pub(super) fn new(appended: Appended) -> Self {
        Self { appended: Some(appended), last: None }
    }

    /// Waits until there are events after a position. May be cancelled; waits for ever once the program is ending.
    pub async fn after(&mut self, position: Position, head: &mut watch::Receiver<Position>) -> Next {
        let writing = self.is_writing();
        let known = async {
            if head.wait_for(|head| *head > position).await.is_err() {
                std::future::pending::<()>().await;
            }
            if writing {
                sleep(OWN_FIRST).await;
            }
        };
        let own = async {
            match &mut self.appended {
                Some(appended) => appended.after(position).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            events = own => {
                self.last = Some(Instant::now());
                events.map_or(Next::Between, Next::Events)
            }
            () = known => if writing { Next::Between } else { Next::Elsewhere },
        }
    }

    /// Whether this process may write at all.
    #[must_use]
    pub fn has_a_sequencer(&self) -> bool {
        self.appended.is_some()
    }

    fn is_writing(&self) -> bool {
        self.last.is_some_and(|last| last.elapsed() < WRITING)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{sync::broadcast, time::timeout};

    use super::*;
    use crate::sequencer::appended::{WAITING, batch};

    const AT_ONCE: Duration = Duration::from_millis(5);

    fn positions(next: Next) -> Vec<Position> {
        let Next::Events(events) = next else { panic!("{next:?}") };
        events.iter().map(|event| event.position).collect()
    }

    #[tokio::test]
    async fn what_was_written_here_is_handed_out_though_the_head_was_heard_of_before() {
        let (sender, batches) = broadcast::channel(WAITING);
        let (announce, mut head) = watch::channel(0);
        let mut own = Own::new(Appended::new(batches));
        sender.send(batch(1..=2)).unwrap();
        assert_eq!(positions(own.after(0, &mut head).await), [1, 2]);
        announce.send_replace(4);
        assert!(timeout(AT_ONCE, own.after(2, &mut head)).await.is_err(), "it was not patient");
        sender.send(batch(3..=4)).unwrap();
        assert_eq!(positions(own.after(2, &mut head).await), [3, 4]);
    }

    #[tokio::test]
    async fn what_others_wrote_is_told_apart_from_what_is_written_here() {
        let (sender, batches) = broadcast::channel(WAITING);
        let (announce, mut head) = watch::channel(3);
        let mut own = Own::new(Appended::new(batches));
        assert!(matches!(own.after(0, &mut head).await, Next::Elsewhere), "this process wrote nothing yet");
        sender.send(batch(4..=5)).unwrap();
        assert!(matches!(own.after(0, &mut head).await, Next::Between), "1 to 3 are another's");
        assert_eq!(positions(own.after(3, &mut head).await), [4, 5]);
        announce.send_replace(6);
        assert!(matches!(own.after(5, &mut head).await, Next::Between), "6 never came from here");
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_not_written_lately_listens_elsewhere_at_once() {
        let (sender, batches) = broadcast::channel(WAITING);
        let (_announce, mut head) = watch::channel(2);
        let mut own = Own::new(Appended::new(batches));
        sender.send(batch(1..=1)).unwrap();
        assert_eq!(positions(own.after(0, &mut head).await), [1]);
        tokio::time::advance(WRITING).await;
        assert!(matches!(timeout(AT_ONCE, own.after(1, &mut head)).await, Ok(Next::Elsewhere)));
    }

    #[tokio::test]
    async fn a_program_without_a_sequencer_hears_everything_elsewhere() {
        let (_announce, mut head) = watch::channel(2);
        assert!(matches!(Own::default().after(1, &mut head).await, Next::Elsewhere));
        assert!(timeout(AT_ONCE, Own::default().after(2, &mut head)).await.is_err());
    }
}
