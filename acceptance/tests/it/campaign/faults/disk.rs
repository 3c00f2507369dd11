//! Disks that are full, and writes that fail.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Duration,
};

use nix::unistd::Pid;
use rand::{RngExt, rngs::StdRng};
use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};
use tokio::time::{sleep, timeout};

use super::{Came, nats, postgres};
use crate::campaign::office::Office;

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

fn must(program: &str, arguments: &[&str]) {
    let output = run(program, arguments);
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Gives each engine's data a file system of its own, which can be filled without harm to anyone else.
pub(in crate::campaign) async fn mount(office: &Office) {
    let (postgres, nats) = (&office.engines.postgres, &office.engines.nats);
    postgres.stop().await.unwrap();
    own_file_system(office, "postgres", postgres.data_dir(), "6G");
    postgres.restart().await.unwrap();
    nats.stop().await.unwrap();
    own_file_system(office, "nats", nats.data_dir(), "512M");
    nats.restart().await.unwrap();
}

fn own_file_system(office: &Office, name: &str, data: &Path, size: &str) {
    let image = office.world.directory.path().join(format!("{name}.img"));
    let (image, data) = (image.to_str().unwrap(), data.to_str().unwrap());
    let aside = format!("{data}.aside");
    must("truncate", &["--size", size, image]);
    must("mkfs.ext4", &["-q", "-m", "0", image]);
    must("cp", &["-a", data, &aside]);
    must("mount", &["-o", "loop", image, data]);
    must("sh", &["-c", &format!("rmdir {data}/lost+found; cp -a {aside}/. {data}/ && rm -r {aside}")]);
    must(
        "sh",
        &[
            "-c",
            &format!(
                "chmod 700 {data}; ! [ -e {data}/PG_VERSION ] || chown --reference {data}/PG_VERSION {data}"
            ),
        ],
    );
}

/// The file that takes all there is.
struct Filler(PathBuf);

impl Filler {
    fn fill(data: &Path) -> Self {
        let file = data.join("filler");
        let path = file.to_str().unwrap();
        // As much as there is, then the crumbs.
        for unit in ["64M", "1M", "64K", "4K"] {
            let script = format!(
                "n=0; while [ $n -lt 400 ] && fallocate --offset $(stat -c %s {path} 2>/dev/null || echo 0) --length {unit} {path} 2>/dev/null; do n=$((n+1)); done"
            );
            run("sh", &["-c", &script]);
        }
        Self(file)
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn a_while(rng: &mut StdRng) -> Duration {
    Duration::from_millis(rng.random_range(1_000..6_000))
}

pub(super) async fn postgres_full(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    let filler = Filler::fill(office.engines.postgres.data_dir());
    sleep(a_while(rng)).await;
    drop(filler);
    revive_postgres(office).await
}

pub(super) async fn nats_full(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    let filler = Filler::fill(office.engines.nats.data_dir());
    sleep(a_while(rng)).await;
    drop(filler);
    revive_nats(office).await
}

/// Lets a process write no further into any file than this; `unlimited` takes it back.
fn limit_files(pid: Pid, bytes: &str) {
    run("prlimit", &["--pid", &pid.to_string(), &format!("--fsize={bytes}:unlimited")]);
}

/// Writes beyond the limit fail, in log and tables alike; a server that gives up over it is started again.
pub(super) async fn postgres_writes_fail(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    let limit = (1_u64 << rng.random_range(13..23)).to_string();
    let everyone = postgres::everyone(office);
    for pid in &everyone {
        limit_files(*pid, &limit);
    }
    sleep(a_while(rng)).await;
    for pid in everyone.iter().chain(&postgres::everyone(office)) {
        limit_files(*pid, "unlimited");
    }
    revive_postgres(office).await
}

pub(super) async fn nats_writes_fail(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    let Some(pid) = office.engines.nats.pid() else { return Came::Missed("NATS is down".to_owned()) };
    let pid = Pid::from_raw(pid.cast_signed());
    limit_files(pid, &(1_u64 << rng.random_range(10..20)).to_string());
    sleep(a_while(rng)).await;
    limit_files(pid, "unlimited");
    revive_nats(office).await
}

/// What gave up, or is about to, is started again, as whoever watches over it would.
async fn revive_postgres(office: &Office) -> Came {
    let url: PgConnectOptions = office.engines.postgres.url().parse().unwrap();
    let mut restarts = 0;
    loop {
        if office.engines.postgres.pid().is_none() {
            postgres::down_for(office, Duration::ZERO).await;
            restarts += 1;
        }
        if let Ok(Ok(connection)) = timeout(Duration::from_secs(2), url.connect()).await {
            let _ = connection.close().await;
            return Came::Happened(format!("it gave up {restarts} times"));
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// A stream that NATS could not write stays refused until NATS is started again, as its own documentation has it.
async fn revive_nats(office: &Office) -> Came {
    office.engines.nats.restart().await.unwrap();
    nats::mended(office).await
}
