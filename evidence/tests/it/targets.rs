//! Where checkpoints are kept.

use evidence::{Checkpoint, Signed, Target, target::Kept};
use uuid::Uuid;

use crate::support::{
    World,
    bucket::{self, Bucket},
    empty_database, key,
};

fn signed(log_id: Uuid, sequence: i64) -> Signed {
    let checkpoint = Checkpoint {
        log_id,
        sequence,
        from: sequence,
        to: sequence,
        chain_hash: [1; 32],
        merkle_root: [2; 32],
        issued_at: chrono::DateTime::UNIX_EPOCH,
        previous: [0; 32],
        key_id: [0; 32],
    };
    Signed::new(&checkpoint, &key()).unwrap()
}

/// What every place has to do.
async fn keeps_what_it_has(target: &Target) {
    let (log, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert_eq!((target.newest(log, 0).await.unwrap(), target.logs().await.unwrap()), (0, vec![]));
    assert_eq!(target.read(log, 1).await.unwrap(), None);
    let first = signed(log, 1);
    assert_eq!(target.keep(&first).await.unwrap(), Kept::Written);
    assert_eq!(target.keep(&signed(log, 1)).await.unwrap(), Kept::Taken);
    assert_eq!(target.read(log, 1).await.unwrap().unwrap(), first.to_json().into_bytes());
    for sequence in [10, 2] {
        assert_eq!(target.keep(&signed(log, sequence)).await.unwrap(), Kept::Written);
    }
    assert_eq!(target.keep(&signed(other, 3)).await.unwrap(), Kept::Written);
    assert_eq!((target.newest(log, 0).await.unwrap(), target.newest(other, 0).await.unwrap()), (10, 3));
    for known in [1, 2, 10, 11] {
        assert_eq!(target.newest(log, known).await.unwrap(), 10, "{known} was known");
    }
    let mut logs = target.logs().await.unwrap();
    logs.sort_unstable();
    assert_eq!(logs, [log, other]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_keeps_what_it_has() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("not/yet/there");
    let target = Target::named(place.to_str().unwrap()).unwrap();
    keeps_what_it_has(&target).await;
    let left = std::fs::read_dir(place.join(Uuid::from_u128(1).to_string())).unwrap();
    let mut names: Vec<String> =
        left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    let expected = [1, 2, 10].map(|sequence| format!("{sequence:020}.json"));
    assert_eq!(names, expected, "no drafts are left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_can_not_be_written_to_is_named() {
    let target = Target::named("/proc/checkpoints").unwrap();
    let error = target.keep(&signed(Uuid::from_u128(1), 1)).await.unwrap_err().to_string();
    assert!(error.contains("/proc/checkpoints"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_database_keeps_what_it_has_and_lets_nobody_change_it() {
    let options = empty_database("checkpoints").await;
    let target = Target::named(&url(&options)).unwrap();
    keeps_what_it_has(&target).await;
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    for change in [
        "update stagedoor_checkpoints set checkpoint = ''",
        "delete from stagedoor_checkpoints",
        "truncate stagedoor_checkpoints",
    ] {
        let refused = sqlx::query(change).execute(&mut connection).await.unwrap_err();
        assert!(refused.to_string().contains("never changed"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_keeps_what_it_has() {
    if bucket::is_left_out() {
        return;
    }
    let bucket = Bucket::start().await;
    let absent = bucket.target("").newest(Uuid::from_u128(1), 0).await.unwrap_err();
    assert!(absent.to_string().contains("NoSuchBucket"), "{absent}");
    // This server makes it when it is first written to.
    bucket.target("elsewhere").keep(&signed(Uuid::from_u128(9), 1)).await.unwrap();
    keeps_what_it_has(&bucket.target("some/prefix")).await;
    keeps_what_it_has(&bucket.target("")).await;

    // And a log is signed into it, and verified and proven by it.
    let world = World::new().await.at(bucket.target("of-a-log"));
    world.log().await.append(250).await;
    assert_eq!(world.issue(100).await.unwrap().len(), 3);
    let report = world.verify().await;
    assert_eq!((report.faults, report.checkpoints.unwrap().agree), (vec![], 3));
    let proof = evidence::prove(&world.database, 222, &world.target, &world.trusted()).await.unwrap();
    assert_eq!(proof.check(&world.trusted()).unwrap().checkpoint.sequence, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_away_or_refuses_is_named_without_its_secret() {
    let environment = |port: &str| {
        let settings = [
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_ACCESS_KEY_ID", "checkpoints".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "a-secret".to_owned()),
        ];
        settings.map(|(name, value)| (name.to_owned(), value))
    };
    let target = Target::named_in("s3://evidence", environment("1")).unwrap();
    let error = target.newest(Uuid::from_u128(1), 0).await.unwrap_err().to_string();
    assert!(error.contains("s3://evidence") && !error.contains("a-secret"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_on_the_log_s_own_server_is_objected_to() {
    let world = World::new().await;
    let target = Target::named(&url(&empty_database("checkpoints").await)).unwrap();
    let objection = target.objection(&world.database).await.unwrap().unwrap();
    assert!(objection.contains("own server"), "{objection}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_named_without_its_password() {
    let target = Target::named("postgres://u:secret@127.0.0.1:1/checkpoints").unwrap();
    let error = target.newest(Uuid::from_u128(1), 0).await.unwrap_err().to_string();
    assert!(error.contains("127.0.0.1:1/checkpoints") && !error.contains("secret"), "{error}");
}

/// As the tests' server has no password.
fn url(options: &sqlx::postgres::PgConnectOptions) -> String {
    sqlx::ConnectOptions::to_url_lossy(options).to_string()
}
