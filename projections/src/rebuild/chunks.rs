//! A long stretch of the log in chunks, read and decoded ahead of whoever writes them.
//!
//! While one chunk is written the next one is read, and nothing before the writer has taken that: two chunks are all that
//! is kept, however long the log is and whoever of the two is faster.

use std::{
    ops::{ControlFlow, RangeInclusive},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{Category, StreamId, TicketCode};
use event_store::{Glimpse, LogReader, Position};
use sqlx::postgres::PgConnectOptions;
use tokio::{sync::mpsc, task::JoinSet};
use uuid::Uuid;

use super::RebuildError;
use crate::{
    batch::{Group, Sorter, Stop},
    read_model::ReadModel,
};

/// How far a page may reach, which is one query, and about how much it may weigh. An event is at most 256 KiB.
const PAGE: RangeInclusive<Position> = 100..=10_000;
const PAGE_BYTES: usize = 8 << 20;
/// How many events a chunk has, which is one transaction: few at first, then as many as are written quickly.
const EVENTS: RangeInclusive<usize> = 1_000..=10_000;
const QUICK: Duration = Duration::from_millis(500);
const SLOW: Duration = Duration::from_millis(1_500);
/// How much a chunk may weigh.
const CHUNK_BYTES: usize = 16 << 20;

/// Some events, sorted by entity.
pub(super) struct Chunk {
    pub(super) groups: Vec<Group>,
    /// The last position it stands for, whether that concerns the read model or not.
    pub(super) until: Position,
}

/// A stretch of the log, chunk by chunk.
pub(super) struct Chunks {
    receiver: mpsc::Receiver<Result<Chunk, RebuildError>>,
    tempo: Tempo,
    /// It ends with this.
    _reader: JoinSet<()>,
}

/// How many events the next chunk has.
#[derive(Debug, Clone)]
struct Tempo(Arc<AtomicUsize>);

impl Chunks {
    /// What concerns a read model of the events after one position and up to another.
    pub(super) fn of<M: ReadModel>(database: &PgConnectOptions, after: Position, until: Position) -> Self {
        let (sender, receiver) = mpsc::channel(1);
        let tempo = Tempo(Arc::new(AtomicUsize::new(*EVENTS.start())));
        let log = LogReader::new(database.clone(), "rebuild");
        let (tempo_of_reader, mut tasks) = (tempo.clone(), JoinSet::new());
        tasks.spawn(async move {
            if let Err(error) = read::<M>(log, after, until, tempo_of_reader, &sender).await {
                // Who no longer waits for it has ended.
                let _ = sender.send(Err(error)).await;
            }
        });
        Self { receiver, tempo, _reader: tasks }
    }

    /// The next one; `None` after the last.
    pub(super) async fn next(&mut self) -> Option<Result<Chunk, RebuildError>> {
        self.receiver.recv().await
    }

    /// Told how long a chunk took to be written.
    pub(super) fn took(&self, time: Duration) {
        self.tempo.took(time);
    }
}

impl Tempo {
    fn took(&self, time: Duration) {
        let events = self.events();
        let next = if time > SLOW {
            events / 2
        } else if time < QUICK {
            events * 2
        } else {
            events
        };
        self.0.store(next.clamp(*EVENTS.start(), *EVENTS.end()), Ordering::Relaxed);
    }

    fn events(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

async fn read<M: ReadModel>(
    mut log: LogReader,
    mut after: Position,
    until: Position,
    tempo: Tempo,
    chunks: &mpsc::Sender<Result<Chunk, RebuildError>>,
) -> Result<(), RebuildError> {
    let categories = categories::<M>();
    let mut length = *PAGE.start();
    // Whoever no longer waits for chunks has ended.
    let Ok(mut place) = chunks.reserve().await else { return Ok(()) };
    let mut building = Building::<M>::new();
    while after < until {
        let end = until.min(after + length);
        let before = building.bytes;
        let mut reached = end;
        let glimpse = log.glimpse((after, end), &categories, |event| {
            let position = event.position;
            let enough = building.add(event);
            if enough.is_break() {
                reached = position;
            }
            enough
        });
        glimpse.await?;
        if let Some(stop) = building.stop {
            return Err(stop.into());
        }
        length = next_length(length, building.bytes - before);
        after = reached;
        if after == until || building.events >= tempo.events() || building.bytes >= CHUNK_BYTES {
            let full = std::mem::replace(&mut building, Building::new());
            place.send(Ok(Chunk { groups: full.sorter.finish(), until: after }));
            let Ok(next) = chunks.reserve().await else { break };
            place = next;
        }
    }
    Ok(())
}

/// Twice as far as before, but no further than what weighs enough.
fn next_length(length: Position, bytes: usize) -> Position {
    let parts = Position::try_from(bytes / PAGE_BYTES).unwrap_or(Position::MAX);
    let next = if parts == 0 { length * 2 } else { length / (parts + 1) };
    next.clamp(*PAGE.start(), *PAGE.end())
}

/// A chunk that grows.
struct Building<M> {
    sorter: Sorter<M>,
    events: usize,
    bytes: usize,
    /// An event that nobody here can read.
    stop: Option<Stop>,
}

impl<M: ReadModel> Building<M> {
    fn new() -> Self {
        Self { sorter: Sorter::new(), events: 0, bytes: 0, stop: None }
    }

    /// Breaks when it is as heavy as may be, or can't be gone on with.
    fn add(&mut self, event: Glimpse<'_>) -> ControlFlow<()> {
        self.events += 1;
        self.bytes += event.data.len() + event.metadata.len();
        self.stop = self.sorter.push(event).err();
        let full = self.bytes >= CHUNK_BYTES || self.stop.is_some();
        if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The categories whose streams concern a read model.
fn categories<M: ReadModel>() -> Vec<Category> {
    let any = Uuid::nil();
    let stream = |category| match category {
        Category::Show => StreamId::show(any.into()),
        Category::Inventory => StreamId::inventory(any.into()),
        Category::Order => StreamId::order(any.into()),
        Category::Payment => StreamId::payment(any.into()),
        Category::Ticket => StreamId::ticket(TicketCode::from_bits(0)),
        Category::Account => StreamId::account(any.into()),
    };
    Category::ALL.into_iter().filter(|category| M::entity(stream(*category)).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{inventory::Inventory, ledger::Ledger, orders::Orders, shows::Shows};

    #[test]
    fn only_what_concerns_a_read_model_is_read() {
        assert_eq!(categories::<Shows>(), [Category::Show]);
        assert_eq!(categories::<Inventory>(), [Category::Show, Category::Inventory]);
        assert_eq!(categories::<Orders>(), [Category::Order, Category::Ticket]);
        assert_eq!(categories::<Ledger>(), [Category::Payment, Category::Account]);
    }

    #[test]
    fn pages_reach_as_far_as_they_are_light() {
        assert_eq!(next_length(100, 1_000), 200);
        assert_eq!(next_length(7_500, 1_000), 10_000);
        assert_eq!(next_length(10_000, 3 * PAGE_BYTES), 2_500);
        assert_eq!(next_length(100, 1 << 30), 100);
    }

    #[test]
    fn a_chunk_takes_no_longer_than_a_transaction_may() {
        let tempo = Tempo(Arc::new(AtomicUsize::new(8_000)));
        tempo.took(Duration::from_secs(2));
        assert_eq!(tempo.events(), 4_000);
        tempo.took(Duration::from_secs(1));
        assert_eq!(tempo.events(), 4_000);
        (0..9).for_each(|_| tempo.took(Duration::from_secs(9)));
        assert_eq!(tempo.events(), *EVENTS.start());
        (0..9).for_each(|_| tempo.took(Duration::from_millis(5)));
        assert_eq!(tempo.events(), *EVENTS.end());
    }
}
