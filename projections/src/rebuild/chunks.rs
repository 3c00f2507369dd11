//! A long stretch of the log in chunks, read and decoded ahead of whoever writes them.
//!
//! Three work at once: Postgres reads one page, the page before it is decoded here, and the chunk before that is
//! written. Each waits for the next, so that no more is kept than each of them has in hand.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{Category, StreamId};
use event_store::{LogReader, Position, RecordedEvent};
use sqlx::postgres::PgConnectOptions;
use tokio::{sync::mpsc, task::JoinSet};
use uuid::Uuid;

use super::RebuildError;
use crate::{
    batch::{Group, Sorter},
    read_model::ReadModel,
};

/// How far a page may reach, and about how much it may weigh. An event is at most 256 KiB.
const PAGE: RangeInclusive<Position> = 100..=20_000;
const PAGE_BYTES: usize = 8 << 20;
/// How many events a chunk has: few at first, then as many as are written quickly.
const EVENTS: RangeInclusive<usize> = 1_000..=20_000;
/// How much a chunk may weigh.
const CHUNK_BYTES: usize = 16 << 20;
/// A chunk is one transaction.
const TOO_QUICK: Duration = Duration::from_millis(500);
const TOO_SLOW: Duration = Duration::from_millis(1_500);

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
    /// They end with this.
    _tasks: JoinSet<()>,
}

/// How many events the next chunk has.
#[derive(Clone)]
struct Tempo(Arc<AtomicUsize>);

/// Events that were read, and the position until which all are.
struct Page {
    events: Vec<RecordedEvent>,
    until: Position,
}

impl Chunks {
    /// What concerns a read model of the events after one position and up to another.
    pub(super) fn of<M: ReadModel>(database: &PgConnectOptions, after: Position, until: Position) -> Self {
        let (pages, read) = mpsc::channel(1);
        let (chunks, receiver) = mpsc::channel(1);
        let tempo = Tempo(Arc::new(AtomicUsize::new(*EVENTS.start())));
        let log = LogReader::new(database.clone(), "rebuild");
        let mut tasks = JoinSet::new();
        tasks.spawn(pages_of(log, categories::<M>(), after, until, pages));
        tasks.spawn(chunks_of::<M>(read, tempo.clone(), chunks));
        Self { receiver, tempo, _tasks: tasks }
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
        let next = if time > TOO_SLOW {
            events / 2
        } else if time < TOO_QUICK {
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

/// The categories whose streams concern a read model.
fn categories<M: ReadModel>() -> Vec<Category> {
    let concerns = |category: &Category| {
        let any = Uuid::nil();
        M::entity(match category {
            Category::Show => StreamId::show(any.into()),
            Category::Inventory => StreamId::inventory(any.into()),
            Category::Order => StreamId::order(any.into()),
            Category::Payment => StreamId::payment(any.into()),
            Category::Ticket => StreamId::ticket(domain::TicketCode::from_bits(0)),
            Category::Account => StreamId::account(any.into()),
        })
        .is_some()
    };
    Category::ALL.into_iter().filter(concerns).collect()
}

async fn pages_of(
    mut log: LogReader,
    categories: Vec<Category>,
    mut after: Position,
    until: Position,
    pages: mpsc::Sender<Result<Page, RebuildError>>,
) {
    let mut length = *PAGE.start();
    while after < until {
        let end = until.min(after + length);
        let page = log.of_categories(after, end, &categories).await;
        let bytes = page.iter().flatten().map(weight).sum::<usize>();
        length = next_length(length, bytes);
        after = end;
        let page = page.map(|events| Page { events, until: end }).map_err(RebuildError::from);
        let failed = page.is_err();
        if pages.send(page).await.is_err() || failed {
            return;
        }
    }
}

/// Twice as far as before, but no further than what weighs enough.
fn next_length(length: Position, bytes: usize) -> Position {
    let parts = Position::try_from(bytes / PAGE_BYTES).unwrap_or(Position::MAX);
    let next = if parts == 0 { length * 2 } else { length / (parts + 1) };
    next.clamp(*PAGE.start(), *PAGE.end())
}

fn weight(event: &RecordedEvent) -> usize {
    event.data.len() + event.metadata.len()
}

async fn chunks_of<M: ReadModel>(
    mut pages: mpsc::Receiver<Result<Page, RebuildError>>,
    tempo: Tempo,
    chunks: mpsc::Sender<Result<Chunk, RebuildError>>,
) {
    let mut building = Building::<M>::default();
    loop {
        let page = match pages.recv().await {
            Some(Ok(page)) => page,
            Some(Err(error)) => return drop(chunks.send(Err(error)).await),
            None => return building.send(&chunks).await,
        };
        let sorted = tokio::task::spawn_blocking(move || building.with(&page)).await;
        building = match sorted.unwrap_or_else(|panic| Err(RebuildError::Panicked(panic.to_string()))) {
            Ok(building) => building,
            Err(error) => return drop(chunks.send(Err(error)).await),
        };
        if building.events >= tempo.events() || building.bytes >= CHUNK_BYTES {
            std::mem::take(&mut building).send(&chunks).await;
        }
    }
}

/// A chunk that grows.
struct Building<M> {
    sorter: Sorter<M>,
    until: Position,
    events: usize,
    bytes: usize,
}

impl<M: ReadModel> Default for Building<M> {
    fn default() -> Self {
        Self { sorter: Sorter::new(), until: 0, events: 0, bytes: 0 }
    }
}

impl<M: ReadModel> Building<M> {
    fn with(mut self, page: &Page) -> Result<Self, RebuildError> {
        for event in &page.events {
            self.sorter.push(event)?;
            self.bytes += weight(event);
        }
        self.events += page.events.len();
        self.until = page.until;
        Ok(self)
    }

    async fn send(self, chunks: &mpsc::Sender<Result<Chunk, RebuildError>>) {
        if self.until > 0 {
            let chunk = Chunk { groups: self.sorter.finish(), until: self.until };
            // Who no longer waits for it has ended.
            let _ = chunks.send(Ok(chunk)).await;
        }
    }
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
        assert_eq!(next_length(15_000, 1_000), 20_000);
        assert_eq!(next_length(20_000, 3 * PAGE_BYTES), 5_000);
        assert_eq!(next_length(100, 1 << 30), 100);
    }

    #[test]
    fn a_chunk_takes_as_long_as_a_transaction_may() {
        let tempo = Tempo(Arc::new(AtomicUsize::new(20_000)));
        tempo.took(Duration::from_secs(2));
        assert_eq!(tempo.events(), 10_000);
        tempo.took(Duration::from_secs(1));
        assert_eq!(tempo.events(), 10_000);
        (0..9).for_each(|_| tempo.took(Duration::from_secs(9)));
        assert_eq!(tempo.events(), 1_000);
        (0..9).for_each(|_| tempo.took(Duration::from_millis(5)));
        assert_eq!(tempo.events(), 20_000);
    }
}
