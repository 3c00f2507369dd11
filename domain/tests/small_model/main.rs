//! A model small enough to look at whole: two orders, two seats, and every order in which anything can happen to them.
//!
//! The rules are the domain's own: each move runs a real operation in a real `UnitOfWork`. From each state that can be
//! reached every command is tried, so every interleaving is walked. What disturbs commands on their way needs no moves
//! of its own: a command that is lost is one that was not tried yet; one that comes late or twice is tried in later
//! states, too; and a decision that was not committed is thrown away after every single try.
//!
//! Three things are checked: each answer against the few lines of `expected.rs`, each state against the laws in
//! `laws.rs`, and each way there against `story.rs`, which tells the story from the log alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(clippy::disallowed_macros, reason = "a test may say on the terminal how far it went")]

mod ask;
mod books;
mod expected;
mod laws;
mod scene;
mod search;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod view;

use scene::Scene;
use search::explore;

/// Walks the whole scene; it must have had at least so many states and moves, or it has silently shrunk.
fn walk(scene: &Scene, states: usize, moves: usize) {
    let walked = explore(scene);
    let name = scene.name;
    println!("{name}: {} states, {} moves, {} of them changes", walked.states, walked.moves, walked.changes);
    assert!(walked.states >= states && walked.moves >= moves, "{name} has shrunk: {walked:?}");
}

#[test]
fn two_orders_for_two_numbered_seats_agree_whatever_happens_in_whatever_order() {
    walk(&Scene::numbered(), 900, 33_000);
}

#[test]
fn two_orders_for_a_pool_of_two_places_agree_whatever_happens_in_whatever_order() {
    walk(&Scene::standing(), 400, 8_000);
}

#[test]
fn two_orders_of_one_customer_who_may_have_one_seat_agree_whatever_happens_in_whatever_order() {
    walk(&Scene::limited(), 350, 13_000);
}

#[test]
fn two_orders_of_nothing_to_pay_agree_whatever_happens_in_whatever_order() {
    walk(&Scene::free(), 18, 600);
}
