//! `kill -9` of everything that is ours, at a random moment.

use std::{env, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::support::{House, Load, audit};

const ROUNDS: usize = 5;
const BUYERS: usize = 12;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_macros, reason = "the seed repeats a failure")]
async fn what_was_acknowledged_outlives_the_process() {
    let seed =
        env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| rand::rng().random());
    eprintln!("SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut house = House::open().await;
    let show = house.show(Load::sections()).await;
    let mut outcomes = Vec::new();
    for _ in 0..ROUNDS {
        let load = Load::start(&house.customer, &house.operator, &show, BUYERS);
        load.answers(BUYERS, Duration::from_secs(30)).await;
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..600))).await;
        house.process.kill9();
        house.restart().await;
        load.answers(2 * BUYERS, Duration::from_mins(1)).await;
        outcomes.extend(load.finish().await);
        audit::holds_exactly(&audit::audit_read_models(&house.world).await, &outcomes);
    }
    let books = audit::audit(&house.world).await;
    eprintln!("{} orders, {} events", books.orders.len(), books.head());
}
