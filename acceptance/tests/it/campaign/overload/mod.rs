//! Five times what the service can do: it goes on doing what it can, and tells the rest to come back.

mod wire;

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use nix::{
    sys::resource::{Resource, getrlimit, setrlimit},
    unistd::Pid,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::support::{Role, World, show, standing};
use wire::{Wire, order};

/// Commands that may wait: fewer than by default, so that fewer connections are too many.
const QUEUE: &str = "1024";
const BUYERS: usize = 64;
/// Each asks one thing at a time, and a refusal takes half a second.
const CROWD: usize = 3_000;
const LARGE_CROWD: usize = 7_500;
const SHOWS: usize = 8;
const SOLD_IN_EACH: usize = 90_000;
const TIMES: f64 = 5.0;
/// Of what it could do when nobody asked too much.
const GOODPUT: f64 = 0.8;
/// What each connection may take, and what all that waits and is remembered may.
const KIB_EACH: usize = 64;
const KIB_TOGETHER: usize = 128 * 1_024;
const NORMAL_WITHIN: Duration = Duration::from_secs(10);
const NORMAL: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn five_times_the_peak_for_a_moment() {
    overload(CROWD, Duration::from_secs(3), Duration::from_secs(5)).await;
}

/// `make faults`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes; make faults runs it"]
async fn five_times_the_peak_for_a_minute() {
    overload(LARGE_CROWD, Duration::from_secs(10), Duration::from_mins(1)).await;
}

/// Who asks for what, where.
#[derive(Clone)]
struct Sale {
    port: u16,
    token: String,
    /// One after the other: none has room for all.
    shows: Vec<String>,
    key: Arc<AtomicU64>,
    /// Orders that were acknowledged.
    accepted: Arc<AtomicU64>,
}

impl Sale {
    fn order(&self) -> String {
        let sold = usize::try_from(self.accepted.load(Ordering::Relaxed)).unwrap() / SOLD_IN_EACH;
        order(&self.token, &self.shows[sold], self.key.fetch_add(1, Ordering::Relaxed))
    }

    /// A new order, and how it was answered.
    async fn place(&self, wire: &mut Wire) -> u16 {
        let status = wire.ask(&self.order()).await.expect("an answer");
        self.accepted.fetch_add(u64::from(status == 201), Ordering::Relaxed);
        status
    }
}

/// How often each status was answered, and in what time.
#[derive(Debug, Default)]
struct Tally {
    statuses: BTreeMap<u16, u64>,
    time: Duration,
}

impl Tally {
    fn per_second(&self, status: u16) -> f64 {
        let answers = u32::try_from(self.statuses.get(&status).copied().unwrap_or_default()).unwrap();
        f64::from(answers) / self.time.as_secs_f64()
    }

    fn all_per_second(&self) -> f64 {
        self.statuses.keys().map(|status| self.per_second(*status)).sum()
    }
}

#[expect(clippy::disallowed_macros, reason = "the figures are the point")]
async fn overload(crowd: usize, measured: Duration, flooded: Duration) {
    allow_many_connections();
    let world = World::new().await;
    let queue = [("STAGEDOOR_QUEUE", QUEUE.to_owned()), ("STAGEDOOR_LOG", "warn".to_owned())];
    let service = world.serve_with(Role::CommandApi, world.ports, &queue).await;
    let organizer = world.staff(&["organizer"]).await;
    let customer = world.customer().await;
    let shows = join_all((0..SHOWS).map(|_| show(&organizer, standing(100_000)))).await;
    let token = customer.token.clone().unwrap();
    let sale =
        Sale { port: world.ports.command, token, shows, key: Arc::default(), accepted: Arc::default() };

    ask(&sale, BUYERS, f64::INFINITY, Duration::from_secs(1)).await;
    let before = ask(&sale, BUYERS, f64::INFINITY, measured).await;
    let peak = before.per_second(201);
    let calm = resident(service.pid());
    let flood = ask(&sale, crowd, peak * TIMES, flooded).await;
    let flooded = resident(service.pid());
    let normal_after = normal(&sale).await;

    eprintln!(
        "peak {peak:.0}/s; asked {:.0}/s, accepted {:.0}/s, told to come back {:.0}/s; memory {} -> {} MiB; normal after \
        {normal_after:?}",
        flood.all_per_second(),
        flood.per_second(201),
        flood.per_second(503) + flood.per_second(429),
        calm / 1_024,
        flooded / 1_024,
    );
    let others: Vec<_> = flood.statuses.keys().filter(|status| ![201, 429, 503].contains(*status)).collect();
    assert!(others.is_empty(), "{flood:?}");
    assert!(
        flood.per_second(201) >= GOODPUT * peak,
        "accepted {:.0}/s of {peak:.0}/s",
        flood.per_second(201)
    );
    let bound = calm + u64::try_from(KIB_TOGETHER + KIB_EACH * crowd).unwrap();
    assert!(flooded <= bound, "from {calm} KiB to {flooded} KiB");
    assert!(normal_after <= NORMAL_WITHIN, "normal only after {normal_after:?}");
    assert_eq!(
        placed(&world).await,
        sale.accepted.load(Ordering::Relaxed),
        "acknowledged orders are in the log"
    );
    drop(service);
}

/// For this process and those that it starts.
fn allow_many_connections() {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
}

/// So many customers ask, together so often in a second, for so long.
async fn ask(sale: &Sale, customers: usize, per_second: f64, time: Duration) -> Tally {
    let (begun, turns) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let mut asking = JoinSet::new();
    for _ in 0..customers {
        let (sale, turns) = (sale.clone(), Arc::clone(&turns));
        asking.spawn(async move {
            let mut wire = Wire::to(sale.port).await.expect("a connection");
            let mut statuses = Vec::new();
            loop {
                // When this request is due, whatever became of those before it.
                let turn = u32::try_from(turns.fetch_add(1, Ordering::Relaxed)).unwrap();
                let due = begun + Duration::from_secs_f64(f64::from(turn) / per_second);
                if due.max(Instant::now()) >= begun + time {
                    return statuses;
                }
                sleep_until(due).await;
                statuses.push(sale.place(&mut wire).await);
            }
        });
    }
    let mut tally = Tally::default();
    for status in asking.join_all().await.into_iter().flatten() {
        *tally.statuses.entry(status).or_default() += 1;
    }
    tally.time = begun.elapsed();
    tally
}

/// How long it takes until ten orders in a row are placed as fast as ever.
async fn normal(sale: &Sale) -> Duration {
    let begun = Instant::now();
    let mut wire = Wire::to(sale.port).await.expect("a connection");
    let mut in_a_row = 0;
    while in_a_row < 10 {
        let asked = Instant::now();
        let placed = sale.place(&mut wire).await == 201 && asked.elapsed() < NORMAL;
        in_a_row = if placed { in_a_row + 1 } else { 0 };
        assert!(begun.elapsed() < 3 * NORMAL_WITHIN, "never normal again");
    }
    begun.elapsed()
}

/// KiB.
fn resident(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn placed(world: &World) -> u64 {
    let placed = world.number("select count(*) from events where type = 'OrderPlaced'").await;
    u64::try_from(placed).unwrap()
}
