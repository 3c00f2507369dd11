//! The log by itself, and with its checkpoints.

use evidence::{Fault, Scope};

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_log_has_no_faults_however_much_of_it_is_looked_at() {
    let world = World::new().await;
    let mut log = world.log().await;
    let empty = world.verify().await;
    assert_eq!((empty.head, empty.events, empty.faults.len()), (0, 0, 0));
    log.append(250).await;
    world.issue(100).await.unwrap();
    log.append(7).await;

    let whole = world.verify().await;
    assert_eq!(whole.faults, []);
    assert_eq!((whole.head, whole.sound_to, whole.events), (257, 257, 257));
    let checkpoints = whole.checkpoints.unwrap();
    assert_eq!((checkpoints.kept, checkpoints.agree), (3, 3));
    assert_eq!((checkpoints.signed_to, checkpoints.unsigned), (Some(250), 7));

    for (from, to, agree) in
        [(1, 99, 0), (101, 200, 2), (102, 257, 2), (150, 160, 0), (257, 257, 0), (101, 100, 1)]
    {
        let part = world.verify_in(Scope { from: Some(from), to: Some(to) }).await;
        assert_eq!(part.faults, [], "{from} to {to}");
        assert_eq!(part.events, to - from + 1, "{from} to {to}");
        assert_eq!(part.checkpoints.unwrap().agree, agree, "{from} to {to}");
    }
    assert_eq!(world.verify_alone().await.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_ends_before_what_was_asked_for_is_found() {
    let world = World::new().await;
    world.log().await.append(10).await;
    let report = world.verify_in(Scope { from: None, to: Some(11) }).await;
    assert_eq!(report.faults, [Fault::Missing { position: 11 }]);
    let report = world.verify_in(Scope { from: Some(12), to: None }).await;
    assert_eq!(report.faults, [Fault::Missing { position: 11 }]);
}
