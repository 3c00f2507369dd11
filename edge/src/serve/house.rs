//! All connections of a service: how many there may be, and who has to go.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{MissedTickBehavior, interval, timeout},
};

use super::{Bounds, guest::Guest};

/// Free this long, a connection may be closed for somebody else: not the one whose next request is on its way.
const SETTLED: Duration = Duration::from_millis(100);
/// How soon somebody who found nobody to go looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// This part of all connections is asked to go at once: looking through them costs as much for one.
const SHARE: usize = 64;

#[derive(Debug)]
pub(super) struct House {
    pub(super) bounds: Bounds,
    places: Arc<Semaphore>,
    guests: Mutex<HashMap<u64, Arc<Guest>>>,
    next: AtomicU64,
}

/// A connection's place, as long as it lives.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) guest: Arc<Guest>,
    id: u64,
    pub(super) house: Arc<House>,
    _permit: OwnedSemaphorePermit,
}

impl House {
    pub(super) fn new(bounds: Bounds) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(bounds.connections.clamp(1, Semaphore::MAX_PERMITS)));
        Arc::new(Self { bounds, places, guests: Mutex::default(), next: AtomicU64::new(0) })
    }

    /// A place for one more connection, as soon as there is one.
    pub(super) async fn place(self: &Arc<Self>) -> Place {
        loop {
            if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
                return self.settle(permit);
            }
            self.make_room();
            if let Ok(Ok(permit)) = timeout(LOOK_AGAIN, Arc::clone(&self.places).acquire_owned()).await {
                return self.settle(permit);
            }
        }
    }

    /// Asks those to go who have asked nothing for longest.
    pub(super) fn make_room(&self) {
        let guests = self.guests();
        let mut free: Vec<_> = guests
            .values()
            .filter(|guest| guest.is_free() && guest.free_for() > SETTLED)
            .map(|guest| (guest.free_for(), guest))
            .collect();
        let enough = free.len().min(self.bounds.connections / SHARE + 1);
        free.sort_unstable_by_key(|(free, _)| std::cmp::Reverse(*free));
        for (_, guest) in free.into_iter().take(enough) {
            guest.dismiss();
        }
    }

    /// Asks those to go, again and again, who keep the service waiting. One look at all of them a few times a second is
    /// cheaper than a timer for each request.
    pub(super) async fn watch(&self) {
        let shortest = self.bounds.head.min(self.bounds.idle);
        let mut every = interval((shortest / 8).clamp(Duration::from_millis(10), Duration::from_secs(1)));
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let guests = self.guests();
            guests.values().filter(|guest| guest.is_overdue(&self.bounds)).for_each(|guest| guest.dismiss());
        }
    }

    fn settle(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Place {
        let (guest, id) = (Arc::new(Guest::new()), self.next.fetch_add(1, Relaxed));
        self.guests().insert(id, Arc::clone(&guest));
        metrics::gauge!("http_connections").increment(1);
        Place { guest, id, house: Arc::clone(self), _permit: permit }
    }

    fn guests(&self) -> MutexGuard<'_, HashMap<u64, Arc<Guest>>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.house.guests().remove(&self.id);
        metrics::gauge!("http_connections").decrement(1);
    }
}
