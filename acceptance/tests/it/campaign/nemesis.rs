//! Several at once, each with a deck of faults; what they did is counted.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    deck::Deck,
    faults::{Came, Kind},
    office::Office,
    plan::{Lane, Length, Plan},
};

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What one kind of fault came to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    pub(crate) happened: u64,
    pub(crate) missed: u64,
}

/// What was done, and when.
#[derive(Default)]
pub(crate) struct Deeds {
    counts: Mutex<BTreeMap<String, Count>>,
    history: Mutex<Vec<Value>>,
    happened: AtomicUsize,
}

pub(crate) struct Nemesis {
    office: Arc<Office>,
    lanes: Vec<(Lane, Deck<Kind>, StdRng)>,
    length: Length,
    begun: Instant,
    pub(crate) deeds: Arc<Deeds>,
}

impl Nemesis {
    pub(crate) fn new(office: &Arc<Office>, plan: &Plan) -> Self {
        let lanes = plan.lanes.iter().map(|lane| {
            let rng = StdRng::seed_from_u64(plan.seed.wrapping_add(lane.number));
            (lane.clone(), Deck::of(lane.kinds.clone()), rng)
        });
        let deeds = Arc::default();
        Self {
            office: Arc::clone(office),
            lanes: lanes.collect(),
            length: plan.length,
            begun: Instant::now(),
            deeds,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        match self.length {
            Length::For(time) => self.begun.elapsed() >= time,
            Length::Faults(number) => self.deeds.happened.load(Ordering::Relaxed) >= number,
        }
    }

    /// All lanes at once, for a while. Every fault is over when this returns.
    pub(crate) async fn rage(&mut self, time: Duration, stop: impl Fn() -> bool + Send + Sync + 'static) {
        self.office.enough.store(false, Ordering::Relaxed);
        let mut lanes = JoinSet::new();
        for (lane, deck, rng) in std::mem::take(&mut self.lanes) {
            let (office, deeds) = (Arc::clone(&self.office), Arc::clone(&self.deeds));
            let begun = self.begun;
            lanes.spawn(async move { work(lane, deck, rng, &office, &deeds, begun).await });
        }
        let begun = Instant::now();
        while begun.elapsed() < time && !self.is_done() && !stop() && !lanes.is_empty() {
            // A lane that panics ends the burst.
            if let Ok(Some(ended)) = timeout(Duration::from_millis(100), lanes.join_next()).await {
                self.lanes.push(ended.unwrap());
            }
        }
        self.office.enough.store(true, Ordering::Relaxed);
        while let Some(lane) = lanes.join_next().await {
            self.lanes.push(lane.unwrap());
        }
        // As they were: the seed decides who draws what.
        self.lanes.sort_by_key(|(lane, ..)| lane.number);
    }
}

type State = (Lane, Deck<Kind>, StdRng);

async fn work(
    lane: Lane,
    mut deck: Deck<Kind>,
    mut rng: StdRng,
    office: &Arc<Office>,
    deeds: &Deeds,
    begun: Instant,
) -> State {
    while !office.enough.load(Ordering::Relaxed) {
        let kind = deck.draw(&mut rng);
        let at = begun.elapsed();
        let came = kind.inject(office, &mut rng).await;
        deeds.enter(lane.name, kind, at, begun.elapsed(), &came);
        let pause = Instant::now() + lane.pause.mul_f64(rng.random_range(0.2..1.8));
        while Instant::now() < pause && !office.enough.load(Ordering::Relaxed) {
            sleep(LOOK_EVERY).await;
        }
    }
    (lane, deck, rng)
}

impl Deeds {
    fn enter(&self, lane: &str, kind: Kind, from: Duration, to: Duration, came: &Came) {
        let mut kinds = self.counts.lock().unwrap();
        let count = kinds.entry(kind.name()).or_default();
        let told = match came {
            Came::Happened(how) => {
                count.happened += 1;
                self.happened.fetch_add(1, Ordering::Relaxed);
                how.clone()
            }
            Came::Missed(why) => {
                count.missed += 1;
                format!("did not happen: {why}")
            }
        };
        let entry = json!({
            "lane": lane, "fault": kind.name(), "from": from.as_secs_f64(), "to": to.as_secs_f64(), "how": told,
        });
        self.history.lock().unwrap().push(entry);
    }

    pub(crate) fn counts(&self) -> BTreeMap<String, Count> {
        self.counts.lock().unwrap().clone()
    }

    pub(crate) fn happened(&self) -> usize {
        self.happened.load(Ordering::Relaxed)
    }

    pub(crate) fn history(&self) -> Vec<Value> {
        self.history.lock().unwrap().clone()
    }
}
