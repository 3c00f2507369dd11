//! Issuing checkpoints: what is signed, what is not, and what happens when somebody dies in between.

use std::{sync::Arc, time::Duration};

use event_store::{Clock, Position, SystemClock, new_id};
use evidence::{
    Distrust, Fault, IssueError, Issuer, IssuerOptions, IssuerStatus, Scope, Target, TrustedKeys,
};
use sqlx::Row;
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::support::{World, key};

const WITHIN: Duration = Duration::from_secs(30);

/// The fault over which nothing is signed.
async fn refusal(world: &World) -> Fault {
    match world.issue(100).await {
        Err(IssueError::Fault(fault)) => fault,
        other => panic!("it was signed: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_follow_each_other_and_cover_everything() {
    let world = World::new().await;
    let mut log = world.log().await;
    assert_eq!(world.issue(100).await.unwrap(), [], "nothing happened, nothing is signed");
    log.append(250).await;
    let signed = world.issue(100).await.unwrap();
    let ranges: Vec<_> =
        signed.iter().map(|one| (one.checkpoint.sequence, one.checkpoint.from, one.checkpoint.to)).collect();
    assert_eq!(ranges, [(1, 1, 100), (2, 101, 200), (3, 201, 250)]);
    let names: Vec<_> = signed.iter().map(|one| one.checkpoint.previous).collect();
    assert_eq!(names, [[0; 32], signed[0].checkpoint.hash(), signed[1].checkpoint.hash()]);
    assert_eq!(signed[2].checkpoint.chain_hash, log.at(250).await.hash.0);
    assert_eq!(world.issue(100).await.unwrap(), []);
    log.append(1).await;
    assert_eq!(world.issue(100).await.unwrap()[0].checkpoint.from, 251);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_chain_is_not_signed() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(120).await;
    world.issue(100).await.unwrap();
    log.append(30).await;
    log.execute("update events set data = '{}' where position = 140").await;
    assert_eq!(refusal(&world).await, Fault::ChainBroken { position: 140 });
    assert_eq!(world.target.newest(log_id(&world).await, 0).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_signed_over_a_log_that_is_not_what_was_signed() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(120).await;
    world.issue(100).await.unwrap();
    log.append(30).await;
    log.execute("update events set data = '{}' where position = 40").await;
    log.chain_anew(40).await;
    assert_eq!(refusal(&world).await, Fault::Rewritten { sequence: 2, from: 101, to: 120 });
    log.execute("delete from events where position > 110").await;
    assert_eq!(refusal(&world).await, Fault::TailCut { position: 111, sequence: 2, to: 120 });
    log.execute("update log_identity set log_id = gen_random_uuid()").await;
    assert!(matches!(refusal(&world).await, Fault::UnknownLog { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_is_signed_when_somebody_says_so() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(12).await;
    world.issue(100).await.unwrap();
    log.execute("update log_identity set log_id = gen_random_uuid()").await;
    assert!(matches!(refusal(&world).await, Fault::UnknownLog { .. }));
    let begun = Issuer::new(world.issuer_options(100)).issue(true).await.unwrap().unwrap();
    assert_eq!((begun.checkpoint.sequence, begun.checkpoint.to), (1, 12));
    log.append(1).await;
    assert_eq!(world.issue(100).await.unwrap().len(), 1, "from then on it is known");
    assert_eq!(world.verify().await.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_signed_over_checkpoints_that_are_lost_or_others() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(150).await;
    world.issue(100).await.unwrap();
    log.append(1).await;
    let place = world.directory.path().join(log_id(&world).await.to_string()).join(format!("{:020}.json", 2));
    let text = std::fs::read(&place).unwrap();
    std::fs::remove_file(&place).unwrap();
    assert_eq!(refusal(&world).await, Fault::CheckpointsLost { noted: 2, found: 1 });
    std::fs::write(&place, "{}").unwrap();
    assert_eq!(refusal(&world).await, Fault::Distrusted { sequence: 2, why: Distrust::Unreadable });
    std::fs::write(&place, text).unwrap();
    log.execute("update newest_checkpoint set hash = sha256('another')").await;
    assert_eq!(refusal(&world).await, Fault::CheckpointDiffers { sequence: 2 });
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_dies_between_keeping_and_noting_is_taken_up_from_there() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(150).await;
    let signed = world.issue(100).await.unwrap();
    // As if the last note had never been made; and as if the first had not.
    let one = &signed[0].checkpoint;
    log.execute(format!(
        "update newest_checkpoint set sequence = 1, position = 100, hash = '\\x{}'",
        data_encoding::HEXLOWER.encode(&one.hash())
    ))
    .await;
    assert_eq!(world.verify().await.faults, [], "a checkpoint that is not noted is no fault");
    log.append(1).await;
    assert_eq!(world.issue(100).await.unwrap()[0].checkpoint.sequence, 3);
    log.execute("delete from newest_checkpoint").await;
    assert_eq!(world.issue(100).await.unwrap(), []);
    let noted: i64 = sqlx::query("select sequence from newest_checkpoint")
        .fetch_one(&mut world.connect().await)
        .await
        .unwrap()
        .get(0);
    assert_eq!(noted, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_key_goes_on_where_the_old_one_ended_if_both_are_known() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(10).await;
    world.issue(100).await.unwrap();
    log.append(10).await;
    let new = Arc::new(key());
    let rotated = |trusted| IssuerOptions { key: Arc::clone(&new), trusted, ..world.issuer_options(100) };
    let alone = Issuer::new(rotated((*new.public()).into())).issue(false).await;
    assert!(
        matches!(
            alone,
            Err(IssueError::Fault(Fault::Distrusted { sequence: 1, why: Distrust::UnknownKey { .. } }))
        ),
        "{alone:?}"
    );
    let both = world.trusted().and(*new.public());
    Issuer::new(rotated(both.clone())).issue(false).await.unwrap().unwrap();
    let verify = async |keys: &TrustedKeys| {
        let evidence = Some((&*world.target, keys));
        evidence::verify(&world.database, Scope::default(), evidence, &mut |_, _| {}).await.unwrap().faults
    };
    assert_eq!(verify(&both).await, []);
    // Whoever stole the old key can't go on with it.
    log.append(10).await;
    world.issue(100).await.unwrap_err();
    let honest = IssuerOptions { trusted: both.clone(), ..world.issuer_options(100) };
    let refused = Issuer::new(honest).issue(false).await;
    assert!(
        matches!(refused, Err(IssueError::Fault(Fault::Distrusted { why: Distrust::RetiredKey { .. }, .. }))),
        "{refused:?}"
    );
    let other_order = TrustedKeys::from(*new.public()).and(*world.key.public());
    let thief = IssuerOptions { trusted: other_order, ..world.issuer_options(100) };
    Issuer::new(thief).issue(false).await.unwrap().unwrap();
    assert!(matches!(
        verify(&both).await[..],
        [Fault::Distrusted { sequence: 3, why: Distrust::RetiredKey { .. } }]
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_issue_at_the_same_time_leave_one_chain() {
    let world = World::new().await;
    world.log().await.append(200).await;
    let mut both = [Issuer::new(world.issuer_options(10)), Issuer::new(world.issuer_options(10))];
    let [one, two] = &mut both;
    let mut each = [0, 0];
    for _ in 0..20 {
        let (one, two) = tokio::join!(one.issue(false), two.issue(false));
        for (number, outcome) in [one, two].into_iter().enumerate() {
            match outcome {
                Ok(signed) => each[number] += usize::from(signed.is_some()),
                Err(IssueError::Overtaken(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert_eq!(each.iter().sum::<usize>(), 20, "{each:?}");
    assert_eq!(world.verify().await.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_goes_back_does_not_take_the_order_along() {
    struct Early;
    impl Clock for Early {
        fn now(&self) -> chrono::DateTime<chrono::Utc> {
            SystemClock.now() - chrono::TimeDelta::hours(1)
        }
    }
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(1).await;
    world.issue(100).await.unwrap();
    log.append(1).await;
    let early = IssuerOptions { clock: Arc::new(Early), ..world.issuer_options(100) };
    Issuer::new(early).issue(false).await.unwrap().unwrap();
    assert_eq!(world.verify().await.faults, []);
}

/// The role, in the background.
struct Running {
    status: watch::Receiver<IssuerStatus>,
    head: watch::Sender<Position>,
    cancel: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    fn start(options: IssuerOptions, head: Position) -> Self {
        let (sender, status) = watch::channel(IssuerStatus::Waiting);
        let (head, receiver) = watch::channel(head);
        let cancel = CancellationToken::new();
        let task = tokio::spawn(evidence::run(options, new_id(), receiver, sender, cancel.clone()));
        Self { status, head, cancel, task }
    }

    async fn says(&mut self, wanted: impl FnMut(&IssuerStatus) -> bool) -> IssuerStatus {
        timeout(WITHIN, self.status.wait_for(wanted)).await.expect("it says so").unwrap().clone()
    }

    async fn stop(self) {
        self.cancel.cancel();
        timeout(WITHIN, self.task).await.expect("it ends").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_are_issued_by_themselves_when_there_are_events_enough_or_time_has_passed() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(250).await;
    let mut running = Running::start(world.issuer_options(100), 250);
    // The first is due at once, the next ones by the number of events; the rest has to wait.
    running.says(|said| *said == IssuerStatus::Issued { sequence: 2, position: 200 }).await;
    log.append(50).await;
    running.head.send(300).unwrap();
    running.says(|said| *said == IssuerStatus::Issued { sequence: 3, position: 300 }).await;
    running.stop().await;

    log.append(1).await;
    let hasty = IssuerOptions { every: Duration::from_millis(1), ..world.issuer_options(100) };
    let mut running = Running::start(hasty, 301);
    running.says(|said| *said == IssuerStatus::Issued { sequence: 4, position: 301 }).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_issues_and_another_takes_over() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(50).await;
    let options = || IssuerOptions { every: Duration::from_millis(1), ..world.issuer_options(10) };
    let (mut one, mut two) = (Running::start(options(), 50), Running::start(options(), 50));
    let all = |said: &IssuerStatus| *said == IssuerStatus::Issued { sequence: 5, position: 50 };
    one.says(all).await;
    two.says(all).await;
    one.stop().await;
    log.append(10).await;
    two.head.send(60).unwrap();
    two.says(|said| *said == IssuerStatus::Issued { sequence: 6, position: 60 }).await;
    two.stop().await;
    assert_eq!(world.verify().await.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_can_not_keep_them_says_so_and_goes_on_trying() {
    let world = World::new().await;
    world.log().await.append(5).await;
    // A file where the directory should be.
    let place = world.directory.path().join("place");
    std::fs::write(&place, "").unwrap();
    let world = world.at(Target::named(place.to_str().unwrap()).unwrap());
    let mut running = Running::start(world.issuer_options(100), 5);
    let said = running.says(|said| matches!(said, IssuerStatus::Failing(_))).await;
    assert!(format!("{said:?}").contains("place"), "{said:?}");
    std::fs::remove_file(&place).unwrap();
    running.says(|said| matches!(said, IssuerStatus::Issued { sequence: 1, .. })).await;
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_a_broken_log_stops_and_says_so() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(5).await;
    log.execute("update events set data = '{}' where position = 3").await;
    let mut running = Running::start(world.issuer_options(100), 5);
    let said = running.says(|said| matches!(said, IssuerStatus::Stopped(_))).await;
    assert!(format!("{said:?}").contains("position 3"), "{said:?}");
    running.stop().await;
}

async fn log_id(world: &World) -> uuid::Uuid {
    sqlx::query_scalar("select log_id from log_identity").fetch_one(&mut world.connect().await).await.unwrap()
}
