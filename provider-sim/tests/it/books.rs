//! What is written is found again.

use std::{fs, io::Write, path::Path};

use chrono::TimeDelta;
use provider_sim::{Options, Simulator, SimulatorError};
use providers::Provider;

use crate::support::{World, pending, succeeded, unavailable};

#[tokio::test]
async fn charges_refunds_and_keys_outlive_the_provider() {
    let world = World::new().await;
    let (kept, returned, waiting) = (world.new_charge(500), world.new_charge(600), world.new_charge(89));
    let first = world.stripe.charge(&kept).await.unwrap();
    assert!(succeeded(&world.stripe.charge(&returned).await.unwrap()));
    world.refund(&returned).await.unwrap();
    assert!(pending(&world.stripe.charge(&waiting).await.unwrap()));

    let world = world.restart().await;
    assert_eq!(world.stripe.charge(&kept).await.unwrap(), first);
    assert_eq!(world.booked(&kept).await, (500, 0, 1, 0));
    assert_eq!(world.booked(&returned).await, (600, 600, 1, 1));
    world.clock.jump(TimeDelta::seconds(2));
    world.comes_to(&waiting, succeeded).await;
    let (from, until) = (kept.requested_at, world.clock.now());
    let listed = world.stripe.books(from, until).await.unwrap();
    let taken: i64 = listed.iter().map(|booked| booked.taken).sum();
    let refunded: i64 = listed.iter().map(|booked| booked.refunded).sum();
    assert_eq!((listed.len(), taken, refunded), (3, 1_189, 600), "and its lists say the same");
}

#[tokio::test]
async fn a_fault_that_was_played_is_not_played_again_after_a_restart() {
    let world = World::new().await;
    let charge = world.new_charge(93);
    assert!(unavailable(&world.stripe.charge(&charge).await));
    assert!(unavailable(&world.stripe.charge(&charge).await));
    let world = world.restart().await;
    assert!(unavailable(&world.stripe.charge(&charge).await));
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
}

#[tokio::test]
async fn what_was_not_told_is_told_after_the_next_start() {
    let world = World::new().await;
    world.hook.refuse(usize::MAX);
    let charge = world.new_charge(500);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    world.hook.hears(charge.payment, 1).await;
    let world = world.restart().await;
    world.hook.refuse(0);
    let before = world.hook.of(charge.payment).len();
    let told = world.hook.hears(charge.payment, before + 1).await;
    assert!(told.iter().all(|notice| *notice == told[0]));
}

#[tokio::test]
async fn half_a_last_line_is_cut_off_and_any_other_is_named() {
    let world = World::new().await;
    let charge = world.new_charge(500);
    assert!(succeeded(&world.stripe.charge(&charge).await.unwrap()));
    let world = world.restart_after(|path| append(path, "[{\"entry\":\"int")).await;
    assert_eq!(world.booked(&charge).await, (500, 0, 1, 0));
    let world = world.restart().await;
    assert_eq!(world.booked(&charge).await, (500, 0, 1, 0), "and what is written then can be read");

    let books = world.books_file().with_file_name("others.jsonl");
    fs::write(&books, "[]\nnot JSON\n[]\n").unwrap();
    let refused = Simulator::open(Options { books, ..world.options() }).await.unwrap_err();
    assert!(refused.to_string().contains("line 2"), "{refused}");
}

fn append(path: &Path, text: &str) {
    fs::OpenOptions::new().append(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[tokio::test]
async fn two_providers_dont_keep_the_same_books() {
    let world = World::new().await;
    let second = Simulator::open(world.options()).await;
    assert!(matches!(second, Err(SimulatorError::Books(_))));
}
