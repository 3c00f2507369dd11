//! Somebody dies every few seconds, or stands still for a while.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use nix::sys::signal::Signal;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use super::{house::House, plan::Plan};
use crate::campaign::{deck::Deck, instance::Instance};

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How often what happened.
pub(crate) type Faults = BTreeMap<String, usize>;

pub(crate) struct Killer {
    enough: Arc<AtomicBool>,
    task: JoinHandle<Faults>,
}

impl Killer {
    pub(super) fn start(house: &Arc<House>, plan: &Plan) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let rng = StdRng::seed_from_u64(plan.seed ^ 2);
        let task = tokio::spawn(work(Arc::clone(house), plan.pause, rng, Arc::clone(&enough)));
        Self { enough, task }
    }

    /// The last fault is over when this returns.
    pub(super) async fn finish(self) -> Faults {
        self.enough.store(true, Ordering::Relaxed);
        self.task.await.unwrap()
    }
}

async fn work(house: Arc<House>, pause: Duration, mut rng: StdRng, enough: Arc<AtomicBool>) -> Faults {
    let mut faults = Faults::new();
    let all = house.staff.len() + 1;
    let mut deck = Deck::of((0..all).collect());
    while !enough.load(Ordering::Relaxed) {
        let number = deck.draw(&mut rng);
        let victim = house.staff.get(number).unwrap_or(&house.provider);
        let what = strike(victim, &mut rng).await;
        *faults.entry(format!("{}: {what}", victim.role.name())).or_default() += 1;
        let until = Instant::now() + pause.mul_f64(rng.random_range(0.5..1.5));
        while Instant::now() < until && !enough.load(Ordering::Relaxed) {
            sleep(LOOK_EVERY).await;
        }
    }
    faults
}

async fn strike(victim: &Instance, rng: &mut StdRng) -> &'static str {
    if rng.random_range(0..5) > 0 {
        victim.signal(Signal::SIGKILL);
        return "kill -9";
    }
    // Longer than a lease, at most.
    let time = Duration::from_millis(rng.random_range(300..8_000));
    victim.signal(Signal::SIGSTOP);
    sleep(time).await;
    victim.signal(Signal::SIGCONT);
    "SIGSTOP, SIGCONT"
}
