//! Proofs out of a real log.

use evidence::{Fault, Proof, ProveError, prove};

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn every_covered_event_is_proven_without_the_log() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(103).await;
    world.issue(50).await.unwrap();
    let keys = world.trusted();
    for position in 1..=103 {
        let proof = prove(&world.database, position, &world.target, &keys).await.unwrap();
        let proven = Proof::parse(proof.to_json().as_bytes()).unwrap().check(&keys).unwrap();
        let event = log.at(position).await;
        assert_eq!((proven.event.position, proven.hash), (position, event.hash.0));
        assert_eq!((proven.event.data, proven.event.event_type), (event.data, event.event_type));
        assert_eq!(proven.checkpoint.sequence, (position - 1) / 50 + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_checkpoint_covers_is_not_proven() {
    let world = World::new().await;
    let mut log = world.log().await;
    let attempt = async |position| prove(&world.database, position, &world.target, &world.trusted()).await;
    assert!(matches!(attempt(1).await, Err(ProveError::NotCovered { position: 1, covered: 0 })));
    log.append(10).await;
    world.issue(50).await.unwrap();
    log.append(10).await;
    for position in [0, -1, 11, 99] {
        let error = attempt(position).await.unwrap_err();
        assert!(matches!(error, ProveError::NotCovered { covered: 10, .. }), "{position}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_not_what_was_signed_proves_nothing() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(40).await;
    world.issue(50).await.unwrap();
    log.execute("update events set data = '{}' where position = 7").await;
    let attempt = async || prove(&world.database, 20, &world.target, &world.trusted()).await.unwrap_err();
    assert!(matches!(attempt().await, ProveError::Fault(Fault::ChainBroken { position: 7 })));
    log.chain_anew(7).await;
    assert!(matches!(attempt().await, ProveError::Fault(Fault::Rewritten { sequence: 1, from: 1, to: 40 })));
}
