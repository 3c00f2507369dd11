//! The fault campaign: customers who buy, a nemesis that breaks things meanwhile, and checkers who trust neither.
//!
//! docs/reliability.md says what is injected and what is checked. `make test` runs a short campaign, `make faults` the
//! long one, and those that repeat one fault many times.

mod check;
mod clients;
mod deck;
mod faults;
mod frames;
mod instance;
mod money;
mod nemesis;
mod office;
mod overload;
mod plan;
mod proxy;
mod record;
mod report;
mod run;

use plan::Plan;

/// Small, so that it can run with every change: most kinds of faults a few times, none of those that need root.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_campaign_finds_nothing_lost_doubled_oversold_or_stuck() {
    run::run(Plan::short()).await;
}

/// `make faults`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "an hour; make faults runs it"]
async fn a_long_campaign_finds_nothing_lost_doubled_oversold_or_stuck() {
    run::run(Plan::from_environment()).await;
}
