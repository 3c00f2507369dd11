//! What a superuser can do to the log, one thing at a time, and what is found of it.

use event_store::new_id;
use evidence::{Distrust, Fault, Signed, SigningKey};

use crate::support::{Log, World, key};

/// A log of 300 events, with a checkpoint for each hundred, and 20 more.
async fn world() -> (World, Log) {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(300).await;
    world.issue(100).await.unwrap();
    log.append(20).await;
    (world, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_event_is_found_where_it_is() {
    let (world, mut log) = world().await;
    log.execute("update events set data = (data::text || ' ')::json where position = 150").await;
    assert_eq!(world.fault().await, Fault::ChainBroken { position: 150 });
    assert_eq!(world.verify_alone().await.faults, [Fault::ChainBroken { position: 150 }]);
    assert_eq!(world.verify().await.sound_to, 149);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_no_calendar_knows_is_a_change_like_any_other() {
    let (world, mut log) = world().await;
    log.execute("update events set recorded_at = 'infinity' where position = 150").await;
    assert_eq!(world.fault().await, Fault::ChainBroken { position: 150 });
    log.execute("alter table events alter recorded_at drop not null; update events set recorded_at = null where position = 150")
        .await;
    assert_eq!(world.fault().await, Fault::ChainBroken { position: 150 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_computed_anew_is_found_by_the_checkpoint_that_covers_it() {
    let (world, mut log) = world().await;
    log.execute("update events set data = '{\"price\": 1}' where position = 150").await;
    log.chain_anew(150).await;
    assert_eq!(world.fault().await, Fault::Rewritten { sequence: 2, from: 101, to: 200 });
    let found = world.verify().await.checkpoints.unwrap();
    assert_eq!((found.agree, found.signed_to), (1, Some(100)));
    // The chain alone has nothing to say.
    assert_eq!(world.verify_alone().await.faults, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_that_was_cut_off_is_found_by_the_newest_checkpoint() {
    let (world, mut log) = world().await;
    log.execute("delete from events where position > 250").await;
    assert_eq!(world.fault().await, Fault::TailCut { position: 251, sequence: 3, to: 300 });
    log.execute("delete from events").await;
    assert_eq!(world.fault().await, Fault::TailCut { position: 1, sequence: 1, to: 100 });
    // What grew again in its place is something else.
    log.append(320).await;
    assert_eq!(world.fault().await, Fault::Rewritten { sequence: 1, from: 1, to: 100 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_that_was_cut_off_behind_the_newest_checkpoint_is_known_to_those_who_followed() {
    let (world, mut log) = world().await;
    log.execute(
        "insert into projection_checkpoints select 'orders', 320, log_id, 1, 'running', null, now() from log_identity;
         insert into process_checkpoints select 'hold-expiry', 319, log_id, 1 from log_identity;
         insert into process_checkpoints select 'of-another-log', 999, gen_random_uuid(), 1",
    )
    .await;
    assert_eq!(world.verify().await.faults, []);
    log.execute("delete from events where position > 310").await;
    let faults = world.verify().await.faults;
    let said = |fault: &Fault| {
        let Fault::Contradicted { witness, position: Some(311), .. } = fault else { return None };
        Some(witness.clone())
    };
    let witnesses: Vec<_> = faults.iter().filter_map(said).collect();
    assert_eq!(witnesses, ["read model orders", "process hold-expiry"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_missing_is_found_although_the_chain_holds() {
    let (world, mut log) = world().await;
    // The long stream's event at 304 is its 76th; the next one, at 308, follows a gap.
    log.execute(
        "update events set version = version + 1000 where stream_id = 'show-of-shows' and position >= 308;
         update events set version = version - 999 where version > 1000",
    )
    .await;
    log.chain_anew(308).await;
    assert_eq!(world.fault().await, Fault::VersionGap { position: 308 });
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_out_of_order_are_found_although_the_chain_holds() {
    let (world, mut log) = world().await;
    log.execute(
        "update events set version = version + 1000 where position in (308, 312);
         update events set version = 1155 - version where position in (308, 312)",
    )
    .await;
    log.chain_anew(308).await;
    assert_eq!((log.at(308).await.version, log.at(312).await.version), (78, 77));
    assert_eq!(world.fault().await, Fault::VersionGap { position: 308 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_behind_streams_that_were_long_forgotten_is_found() {
    let world = World::new().await;
    let mut log = world.log().await;
    log.append(3).await;
    // More streams than are remembered, then the first one goes on: once as it should, once with a gap.
    log.execute(
        "insert into events select n, 'order-of-many-' || n, 1, gen_random_uuid(), 'SomethingHappened', '{}', '{}',
            '2026-01-01', sha256('') from generate_series(4, 70000) as n;
         insert into events select 70001, 'order-0', 4, gen_random_uuid(), 'SomethingHappened', '{}', '{}',
            '2026-01-01', sha256('')",
    )
    .await;
    log.chain_anew(4).await;
    assert_eq!(world.verify_alone().await.faults, []);
    log.execute("update events set version = 5 where position = 70001").await;
    log.chain_anew(4).await;
    assert_eq!(world.verify_alone().await.faults, [Fault::VersionGap { position: 70_001 }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn time_that_runs_back_is_found_although_the_chain_holds() {
    let (world, mut log) = world().await;
    log.execute("update events set recorded_at = recorded_at - interval '1 second' where position = 310")
        .await;
    log.chain_anew(310).await;
    assert_eq!(world.fault().await, Fault::TimeRunsBack { position: 310 });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_before_the_first_and_one_that_stands_twice_are_found() {
    let (world, mut log) = world().await;
    log.execute(
        "alter table events drop constraint events_position_check;
         insert into events select 0, 'order-x', 1, gen_random_uuid(), type, data, metadata, recorded_at, hash
            from events where position = 1",
    )
    .await;
    assert_eq!(world.fault().await, Fault::OutOfPlace { position: 0 });
    log.execute(
        "delete from events where position = 0;
         alter table events drop constraint events_pkey;
         insert into events select position, 'order-x', 1, event_id, type, data, metadata, recorded_at, hash
            from events where position = 7",
    )
    .await;
    // Which of the two is seen first nobody can know.
    let faults = world.verify().await.faults;
    assert_eq!(
        (&faults[0], faults[1].position(), faults.len()),
        (&Fault::KeysGone, Some(7), 2),
        "{faults:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_shows_something_else_is_found() {
    let (world, mut log) = world().await;
    log.execute("create or replace view log_head as select position, sha256('x') as hash from events order by 1 desc limit 1")
        .await;
    assert_eq!(world.fault().await, Fault::HeadDiffers { position: 320 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_given_another_id_is_not_taken_for_a_new_one() {
    let (world, mut log) = world().await;
    log.execute("update log_identity set log_id = gen_random_uuid()").await;
    assert!(matches!(world.fault().await, Fault::UnknownLog { known, .. } if known.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_that_are_gone_are_missed() {
    let (world, _log) = world().await;
    let (log_id, place) = checkpoint_files(&world);
    std::fs::remove_file(place(3)).unwrap();
    assert_eq!(world.fault().await, Fault::CheckpointsLost { noted: 3, found: 2 });
    std::fs::write(place(3), std::fs::read(place(2)).unwrap()).unwrap();
    let why = Distrust::AnotherSequence { claimed: 2 };
    assert_eq!(world.fault().await, Fault::Distrusted { sequence: 3, why });
    std::fs::remove_file(place(2)).unwrap();
    assert_eq!(world.fault().await, Fault::CheckpointMissing { sequence: 2 });
    std::fs::remove_dir_all(world.directory.path().join(log_id)).unwrap();
    assert_eq!(world.fault().await, Fault::CheckpointsLost { noted: 3, found: 0 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_was_changed_to_fit_a_rewritten_log_is_not_believed() {
    let (world, mut log) = world().await;
    log.execute("update events set data = '{\"price\": 1}' where position = 250").await;
    log.chain_anew(250).await;
    let (_, place) = checkpoint_files(&world);
    let honest = Signed::parse(&std::fs::read(place(3)).unwrap()).unwrap();

    let mut forged = honest.clone();
    forged.checkpoint.chain_hash = log.at(300).await.hash.0;
    overwrite(&place(3), &forged);
    assert_eq!(world.fault().await, Fault::Distrusted { sequence: 3, why: Distrust::Forged });

    // Signed by somebody, but not by whom the auditor trusts.
    let another: SigningKey = key();
    overwrite(&place(3), &Signed::new(&forged.checkpoint, &another).unwrap());
    let why = Distrust::UnknownKey { key_id: another.public().id() };
    assert_eq!(world.fault().await, Fault::Distrusted { sequence: 3, why });

    std::fs::remove_file(place(3)).unwrap();
    std::fs::write(place(3), "{}").unwrap();
    assert_eq!(world.fault().await, Fault::Distrusted { sequence: 3, why: Distrust::Unreadable });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_the_database_knows_otherwise_is_found() {
    let (world, mut log) = world().await;
    log.execute("update newest_checkpoint set hash = sha256('x')").await;
    assert_eq!(world.fault().await, Fault::CheckpointDiffers { sequence: 3 });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_ours_is_let_lie() {
    let (world, _log) = world().await;
    let (log_id, _) = checkpoint_files(&world);
    std::fs::write(world.directory.path().join(log_id).join("README"), "do not touch").unwrap();
    std::fs::create_dir(world.directory.path().join(new_id().to_string())).unwrap();
    assert_eq!(world.verify().await.faults, []);
}

/// The log's directory, and where each of its checkpoints lies.
fn checkpoint_files(world: &World) -> (String, impl Fn(i64) -> std::path::PathBuf) {
    let directory = world.directory.path().to_owned();
    let log_id = std::fs::read_dir(&directory).unwrap().next().unwrap().unwrap().file_name();
    let log_id = log_id.into_string().unwrap();
    let of_log = directory.join(&log_id);
    (log_id, move |sequence| of_log.join(format!("{sequence:020}.json")))
}

fn overwrite(place: &std::path::Path, signed: &Signed) {
    let _ = std::fs::remove_file(place);
    std::fs::write(place, signed.to_json()).unwrap();
}
