//! The money campaign: payments over everything the simulated provider can do, its messages repeated and shuffled,
//! processes that die every few seconds; and an auditor who compares our log with the provider's own books.
//!
//! docs/reliability.md says what is done and what is checked. `make test` runs it in small, `make faults` at any size.

mod check;
mod crowd;
mod happened;
mod house;
mod killer;
mod plan;
mod post;
mod report;
mod signed;
mod story;
mod wares;

use std::{sync::Arc, time::Duration};

use check::Settled;
use crowd::Crowd;
use house::House;
use killer::Killer;
use plan::Plan;
use tokio::time::Instant;

#[tokio::test(flavor = "multi_thread")]
async fn in_a_short_campaign_all_money_ends_where_it_belongs() {
    run(Plan::short()).await;
}

/// `make faults`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes; make faults runs it"]
async fn in_a_long_campaign_all_money_ends_where_it_belongs() {
    run(Plan::from_environment()).await;
}

async fn run(plan: Plan) {
    say(&format!("money campaign: SEED={}, {} payments", plan.seed, plan.payments));
    let house = House::open(&plan).await;
    let begun = Instant::now();
    let killer = Killer::start(&house, &plan);
    let (crowd, progress) = (Crowd::start(&house, &plan), tokio::spawn(tell(Arc::clone(&house), plan)));
    let bought = crowd.finish().await;
    let faults = killer.finish().await;
    let last_fault = Instant::now();
    house.post.hurries();
    let settled = Settled::wait(&house, last_fault).await;
    progress.abort();
    let checked = check::all(&house).await;
    say(&report::markdown(&plan, &faults, &house.post, &bought, &settled, &checked, begun.elapsed()));
    happened::all(&plan, &faults, &house.post, &checked);
}

async fn tell(house: Arc<House>, plan: Plan) {
    loop {
        tokio::time::sleep(Duration::from_secs(10)).await;
        let placed = house.placed();
        say(&format!(
            "{placed} of {} payments, {} messages on their way",
            plan.payments,
            house.post.on_their_way()
        ));
    }
}

#[expect(clippy::disallowed_macros, reason = "a campaign says what it does while it does it")]
fn say(text: &str) {
    eprintln!("{text}");
}
