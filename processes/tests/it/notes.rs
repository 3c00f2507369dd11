//! What a page of events comes to.

use processes::Process;

use crate::{
    probe::{Apart, Together},
    shop::{order, show_of},
    support::{Row, World},
};

/// For each show what is ordered, in seats; see `probe`.
const SEQUENCES: [&[u32]; 7] = [&[1], &[1, 2], &[1, 2, 1], &[1, 1], &[1, 3], &[3, 2], &[2, 3, 1]];

#[tokio::test]
async fn steps_noted_and_dropped_come_to_the_same_within_a_page_and_across_pages() {
    let world = World::new().await;
    let apart = world.run::<Apart>();
    for sequence in SEQUENCES {
        let show = show_of(&world, 20).await;
        for seats in sequence {
            order(&world, show, *seats).await.unwrap();
            world.caught_up(Apart::NAME).await;
            tried_in_vain(&world).await;
        }
    }
    let together = world.run::<Together>();
    world.caught_up(Together::NAME).await;

    assert_eq!(noted(&world, Apart::NAME).await, noted(&world, Together::NAME).await);
    let left = noted(&world, Together::NAME).await.len();
    assert_eq!(left, 5, "of all but those whose last word was to drop it");
    apart.stop().await;
    together.stop().await;
}

/// What was tried for an event is forgotten with the next one: it must leave no trace, but in the last one's step.
async fn tried_in_vain(world: &World) {
    sqlx::query("update process_steps set attempts = 11, parked = 'a reason'")
        .execute(&mut world.connect().await)
        .await
        .unwrap();
}

/// Without what this test wrote into the last step of each show itself.
async fn noted(world: &World, process: &str) -> Vec<Row> {
    let steps = world.steps(process).await.into_iter();
    steps.map(|step| Row { attempts: 0, parked: None, ..step }).collect()
}

#[tokio::test]
async fn another_event_begins_a_parked_step_anew() {
    let world = World::new().await;
    let show = show_of(&world, 20).await;
    let runner = world.run::<Apart>();
    order(&world, show, 1).await.unwrap();
    world.caught_up(Apart::NAME).await;
    tried_in_vain(&world).await;
    let before = world.steps(Apart::NAME).await.remove(0);

    order(&world, show, 1).await.unwrap();
    world.caught_up(Apart::NAME).await;

    let after = world.steps(Apart::NAME).await.remove(0);
    assert_ne!(after.cause, before.cause);
    assert_eq!((after.attempts, after.parked), (0, None));
    runner.stop().await;
}
