//! A model small enough to look at whole: two orders, two seats, and every order in which anything can happen to them.
//!
//! The rules are the domain's own: each move runs a real operation in a real `UnitOfWork`. From each state that can be
//! reached every command is tried, so every interleaving is walked. What disturbs commands on their way needs no moves
//! of its own: a command that is lost is one that was not tried yet; one that comes late or twice is tried in later
//! states, too; and a decision that was not committed is thrown away after every single try. Callbacks and the answers
//! of providers are such commands, so success and failure are told now, again, too late, and after one another.
//!
//! Four things are checked: each answer, by the name of its refusal, against the rules as `rules/` has them once
//! more; each change, asked for again; each state against the laws in `laws.rs` and `money.rs`; and each way there
//! against `story.rs`, which tells the story from the log alone, as `ledger.rs` does of money.
//!
//! What keeps it small: there are two orders and two seats, time goes by in half holds and is not counted once a hold
//! is over, an account gets two deposits at most and takes part only where somebody pays from it, one ticket of an order
//! is shown at the door, and scenes with many wishes end when the seats are sold. Each scene takes some seconds, and
//! ends when there is no new state; nothing else bounds it. What is not in here: more than two orders at once, and shows
//! that change while they sell.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#![allow(clippy::disallowed_macros, reason = "a test may say on the terminal how far it went")]

mod ask;
mod books;
mod expected;
mod laws;
mod ledger;
mod money;
mod rules;
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

#[test]
fn two_cards_for_the_same_seats_agree_whatever_happens_in_whatever_order() {
    walk(&Scene::cards(), 3_195, 121_000);
}

#[test]
fn two_orders_from_one_wallet_agree_whatever_happens_in_whatever_order() {
    walk(&Scene::one_wallet(), 450, 19_000);
}

#[test]
fn a_wallet_and_a_card_agree_whatever_happens_in_whatever_order() {
    walk(&Scene::wallet_and_card(), 2_240, 91_000);
}

#[test]
fn money_by_hand_and_a_card_agree_whatever_happens_in_whatever_order() {
    walk(&Scene::by_hand_and_card(), 3_195, 121_000);
}

#[test]
fn orders_of_nothing_to_pay_have_nothing_to_pay_back() {
    walk(&Scene::free_afterwards(), 318, 11_400);
}
