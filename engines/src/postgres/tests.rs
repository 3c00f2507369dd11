use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use sqlx::{Connection, PgConnection};

use super::{Postgres, PostgresOptions};
use crate::EngineError;
use crate::testing;

#[tokio::test]
async fn what_was_committed_survives_kill_9_and_the_url_stays_the_same() {
    let own = testing::private_postgres().await.unwrap();
    let url = own.postgres.url();
    write_seven(&own.postgres).await;
    own.postgres.kill9().unwrap();
    assert_eq!(own.postgres.pid(), None);
    own.postgres.restart().await.unwrap();
    assert_eq!(own.postgres.url(), url);
    assert_eq!(read_back(&own.postgres).await, 7);
}

#[tokio::test]
async fn a_start_while_backends_of_a_killed_postmaster_are_busy_waits_for_them() {
    let own = testing::private_postgres().await.unwrap();
    let mut busy = PgConnection::connect(&own.postgres.url()).await.unwrap();
    // Busy in a loop, a backend does not notice that its postmaster is gone.
    let loops = "do $$ begin for i in 1..40000000 loop null; end loop; end $$";
    let work = tokio::spawn(async move { sqlx::query(loops).execute(&mut busy).await.is_ok() });
    let mut watch = PgConnection::connect(&own.postgres.url()).await.unwrap();
    let active = "select exists (select from pg_stat_activity where state = 'active' and query like 'do %')";
    while !sqlx::query_scalar::<_, bool>(active).fetch_one(&mut watch).await.unwrap() {
        tokio::task::yield_now().await;
    }
    own.postgres.kill9().unwrap();
    own.postgres.restart().await.unwrap();
    PgConnection::connect(&own.postgres.url()).await.unwrap();
    work.await.unwrap();
}

#[tokio::test]
async fn a_second_start_on_the_same_data_is_refused_and_the_first_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let first = Postgres::start(options(directory.path())).await.unwrap();
    let second = Postgres::start(options(directory.path())).await;
    assert!(matches!(second, Err(EngineError::InUse { .. })), "{second:?}");
    PgConnection::connect(&first.url()).await.unwrap();
}

#[tokio::test]
async fn what_a_killed_process_left_running_is_ended_and_its_data_found_again() {
    let directory = tempfile::tempdir().unwrap();
    let first = Postgres::start(options(directory.path())).await.unwrap();
    write_seven(&first).await;
    let (url, pid) = (first.url(), first.pid().unwrap());
    abandon(first);
    let second = Postgres::start(options(directory.path())).await.unwrap();
    assert_ne!(second.pid(), Some(pid));
    assert_eq!(second.url(), url);
    assert_eq!(read_back(&second).await, 7);
}

#[tokio::test]
async fn a_stale_pid_file_that_names_a_stranger_harms_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let mut stranger = Command::new("sleep").arg("100").spawn().unwrap();
    let data = directory.path().join("postgres");
    fs::write(data.with_extension("pid"), format!("{}\n{}\n", stranger.id(), data.display())).unwrap();
    Postgres::start(options(directory.path())).await.unwrap();
    assert_eq!(stranger.try_wait().unwrap(), None);
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_port_that_was_taken_meanwhile_is_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let first = Postgres::start(options(directory.path())).await.unwrap();
    first.stop().await.unwrap();
    let port = first.port();
    drop(first);
    let _holder = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let second = Postgres::start(options(directory.path())).await.unwrap();
    assert_ne!(second.port(), port);
    PgConnection::connect(&second.url()).await.unwrap();
}

#[tokio::test]
async fn a_directory_closed_to_others_and_deeper_than_a_socket_path_will_do() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), Permissions::from_mode(0o700)).unwrap();
    let deep = directory.path().join("deep".repeat(40));
    let postgres = Postgres::start(options(&deep)).await.unwrap();
    PgConnection::connect(&postgres.url()).await.unwrap();
    assert_eq!(fs::metadata(directory.path()).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(postgres.socket_dir().as_os_str().len() < 80);
}

#[tokio::test]
async fn stopping_leaves_no_sockets_behind_and_dropping_no_process() {
    let directory = tempfile::tempdir().unwrap();
    let postgres = Postgres::start(options(directory.path())).await.unwrap();
    let sockets = postgres.socket_dir().to_owned();
    let pid = postgres.pid().unwrap();
    drop(postgres);
    assert!(!sockets.exists());
    assert!(nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid.cast_signed()), None).is_err());
}

#[tokio::test]
async fn data_of_another_version_is_named_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    drop(Postgres::start(options(directory.path())).await.unwrap());
    fs::write(directory.path().join("postgres/PG_VERSION"), "14\n").unwrap();
    let said = Postgres::start(options(directory.path())).await.unwrap_err().to_string();
    assert!(said.contains("Postgres 14") && said.contains("--reset"), "{said}");
}

#[tokio::test]
async fn secrets_are_for_the_owner_alone_and_erasing_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("postgres");
    drop(Postgres::start(options(directory.path())).await.unwrap());
    let mode = fs::metadata(data.with_extension("json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    Postgres::erase(&data).await.unwrap();
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

fn options(directory: &Path) -> PostgresOptions {
    testing::postgres_options(directory, 20).unwrap()
}

/// Leaves the process running and lets go of its lock, as `kill -9` of its parent does.
fn abandon(postgres: Postgres) {
    let daemon = postgres.daemon().take();
    drop(postgres);
    // Not a zombie for ever: its end is waited for elsewhere.
    std::thread::spawn(move || daemon.map(|mut daemon| daemon.wait()));
}

async fn write_seven(postgres: &Postgres) {
    let mut connection = PgConnection::connect(&postgres.url()).await.unwrap();
    sqlx::query("create table kept as select 7 as number").execute(&mut connection).await.unwrap();
}

async fn read_back(postgres: &Postgres) -> i32 {
    let mut connection = PgConnection::connect(&postgres.url()).await.unwrap();
    sqlx::query_scalar("select number from kept").fetch_one(&mut connection).await.unwrap()
}
