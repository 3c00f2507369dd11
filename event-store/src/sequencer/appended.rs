//! What this process appended, for those of the same process who read the log anyway.

use std::sync::Arc;

use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::record::{Position, RecordedEvent};

/// Batches that may wait for a reader; one who is slower reads the log.
pub(super) const WAITING: usize = 16;

/// A batch's events, consecutive, in order.
pub(super) type Batch = Arc<[Arc<RecordedEvent>]>;

/// What the sequencer of this process appended, from now on; handed out once it is committed. Read through [`super::Own`].
///
/// It saves reading back from the database, or hearing from elsewhere, what was here a moment ago. It is not the log:
/// others may write, too, and a slow reader misses batches.
#[derive(Debug)]
pub(super) struct Appended {
    batches: Receiver<Batch>,
    /// Taken from `batches`, and of no use yet.
    next: Option<Batch>,
}

/// A clone begins with what is appended from then on.
impl Clone for Appended {
    fn clone(&self) -> Self {
        Self::new(self.batches.resubscribe())
    }
}

impl Appended {
    pub(super) fn new(batches: Receiver<Batch>) -> Self {
        Self { batches, next: None }
    }

    /// Waits for the events after a position. `None`: there are such, and they were not appended here or are no longer
    /// at hand; the log must be read.
    ///
    /// May be cancelled. Waits for ever once the sequencer has ended.
    pub(super) async fn after(&mut self, position: Position) -> Option<Vec<Arc<RecordedEvent>>> {
        loop {
            let batch = match self.next.take() {
                Some(batch) => batch,
                None => self.receive().await,
            };
            match (batch.first(), batch.last()) {
                (Some(first), _) if first.position > position + 1 => {
                    self.next = Some(batch);
                    return None;
                }
                (Some(first), Some(last)) if last.position > position => {
                    let known = usize::try_from(position + 1 - first.position).unwrap_or(0);
                    return Some(batch.iter().skip(known).cloned().collect());
                }
                (Some(_) | None, _) => {}
            }
        }
    }

    async fn receive(&mut self) -> Batch {
        loop {
            match self.batches.recv().await {
                Ok(batch) => return batch,
                // The next one will show that something is missing.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

/// A batch of nothing in particular.
#[cfg(test)]
pub(super) fn batch(positions: std::ops::RangeInclusive<Position>) -> Batch {
    let event = |position| {
        Arc::new(RecordedEvent {
            position,
            stream_id: "order-x".into(),
            version: 1,
            event_id: uuid::Uuid::nil(),
            event_type: "OrderPlaced".into(),
            data: "{}".into(),
            metadata: "{}".into(),
            recorded_at: chrono::DateTime::UNIX_EPOCH,
            hash: crate::record::HashColumn([0; 32]),
        })
    };
    positions.map(event).collect()
}

#[cfg(test)]
mod tests {
    use tokio::{sync::broadcast, time::timeout};

    use super::*;

    async fn after(appended: &mut Appended, position: Position) -> Option<Vec<Position>> {
        let events = appended.after(position).await?;
        Some(events.iter().map(|event| event.position).collect())
    }

    #[tokio::test]
    async fn each_event_is_handed_out_in_its_place() {
        let (sender, batches) = broadcast::channel(WAITING);
        let mut appended = Appended::new(batches);
        for positions in [1..=3, 4..=6, 7..=7] {
            sender.send(batch(positions)).unwrap();
        }
        assert_eq!(after(&mut appended, 1).await, Some(vec![2, 3]));
        assert_eq!(after(&mut appended, 6).await, Some(vec![7]), "what is known by then is left out");
        let silent = timeout(std::time::Duration::from_millis(20), appended.after(7)).await;
        assert!(silent.is_err(), "there is nothing after 7 yet");
    }

    #[tokio::test]
    async fn what_others_appended_must_be_read_and_what_follows_it_is_at_hand() {
        let (sender, batches) = broadcast::channel(WAITING);
        let mut appended = Appended::new(batches);
        sender.send(batch(1..=2)).unwrap();
        sender.send(batch(5..=6)).unwrap();
        assert_eq!(after(&mut appended, 0).await, Some(vec![1, 2]));
        assert_eq!(after(&mut appended, 2).await, None);
        assert_eq!(after(&mut appended, 3).await, None, "however often it is asked");
        assert_eq!(after(&mut appended, 4).await, Some(vec![5, 6]));
    }

    #[tokio::test]
    async fn a_reader_who_was_too_slow_is_told_to_read_the_log() {
        let (sender, batches) = broadcast::channel(2);
        let mut appended = Appended::new(batches);
        for position in 1..=10 {
            sender.send(batch(position..=position)).unwrap();
        }
        assert_eq!(after(&mut appended, 0).await, None);
        assert_eq!(after(&mut appended, 9).await, Some(vec![10]));
    }
}
