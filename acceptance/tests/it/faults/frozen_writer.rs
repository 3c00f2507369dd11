//! A writer that is frozen while it holds the log's lock.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::future::join_all;
use nix::sys::signal::Signal;
use tokio::time::sleep;

use crate::support::{Caller, Ports, Process, Reply, Role, World, audit, quantity, standing};

const OTHERS_WAIT_AT_MOST: Duration = Duration::from_secs(7);
const BUYERS: usize = 16;

/// A transaction of the second writer that holds the lock and waits for its client.
const HOLDS_THE_LOCK: &str = "select count(*) from pg_locks l join pg_stat_activity a using (pid)
    where l.relation = 'log_lock'::regclass and l.mode = 'ExclusiveLock' and l.granted
        and a.usename = 'acceptance_writer_2' and a.state = 'idle in transaction'";

/// Everyone buys once at a time and takes the first answer; what they were answered.
async fn buy(customer: Caller, show: String, stop: Arc<AtomicBool>) -> Vec<Reply> {
    let buyers = (0..BUYERS).map(|_| {
        let (customer, show, stop) = (customer.clone(), show.clone(), Arc::clone(&stop));
        async move {
            let mut replies = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                replies.push(customer.post("/v1/orders", quantity(&show, 1)).await);
            }
            replies
        }
    });
    join_all(buyers).await.concat()
}

/// Freezes it again and again until it holds the lock.
async fn freeze_in_the_middle_of_a_batch(world: &World, victim: &Process) {
    for _ in 0..500 {
        victim.signal(Signal::SIGSTOP);
        // What the server does for it at this moment ends by itself.
        sleep(Duration::from_millis(30)).await;
        if world.number(HOLDS_THE_LOCK).await == 1 {
            return;
        }
        victim.signal(Signal::SIGCONT);
        sleep(Duration::from_millis(7)).await;
    }
    panic!("it never held the lock when it was frozen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_writer_delays_the_others_a_little_and_adds_nothing_later() {
    let world = World::new().await;
    let (second, worker) = (Ports::free(), Ports::free());
    let second_role = [("DATABASE_URL", world.database_url("acceptance_writer_2"))];
    let first = world.serve(Role::CommandApi).await;
    let victim = world.serve_with(Role::CommandApi, second, &second_role).await;
    let customer = world.customer().await;
    let at_second = Caller { api: world.stranger_at(second).api, ..customer.clone() };
    let organizer = world.staff(&["organizer"]).await;
    let show = crate::support::show(&organizer, standing(50_000)).await;
    customer.post("/v1/orders", quantity(&show, 1)).await.ok(201);

    let stop = Arc::new(AtomicBool::new(false));
    let load = tokio::spawn(buy(at_second, show.clone(), Arc::clone(&stop)));
    freeze_in_the_middle_of_a_batch(&world, &victim).await;
    stop.store(true, Ordering::Relaxed);
    let begun = Instant::now();
    let replies = join_all((0..BUYERS).map(|_| customer.post("/v1/orders", quantity(&show, 1)))).await;
    let waited = begun.elapsed();
    for reply in replies {
        reply.ok(201);
    }
    assert!(waited <= OTHERS_WAIT_AT_MOST, "the other writer waited {waited:?}");
    assert!(waited >= Duration::from_secs(1), "the lock was not held: {waited:?}");

    victim.signal(Signal::SIGCONT);
    let answers = load.await.unwrap();
    let acknowledged: BTreeSet<String> =
        answers.iter().filter(|reply| reply.status == 201).map(|reply| reply.text("order_id")).collect();
    let (told_to_return, others): (Vec<_>, Vec<_>) =
        answers.iter().filter(|reply| reply.status != 201).partition(|reply| reply.asks_for_patience());
    assert!(!told_to_return.is_empty(), "the batch that was cut short is answered 503");
    assert!(others.is_empty(), "{others:?}");

    let _queries = (world.serve(Role::QueryApi).await, world.serve_with(Role::Relay, worker, &[]).await);
    let _projections = world.serve_with(Role::Projections, Ports::free(), &[]).await;
    let books = audit::audit(&world).await;
    let found = books.orders.len();
    assert_eq!(found, acknowledged.len() + BUYERS + 1, "what was not acknowledged is not in the log");
    assert!(acknowledged.iter().all(|order| books.orders.contains_key(order)));
    drop((first, victim));
}
