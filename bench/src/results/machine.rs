//! Where it was measured, and how.

use std::{collections::BTreeMap, fs, process::Command, thread};

use engines::{Lookup, find};
use event_store::{Clock, SystemClock};
use sqlx::Connection;

use super::Line;
use crate::{args::Args, fallible::Fallible, house::House};

/// Settings of Postgres that decide what a commit costs.
const SETTINGS: [&str; 7] = [
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "max_wal_size",
    "checkpoint_timeout",
    "server_version",
];

/// All facts about this run.
pub(crate) async fn facts(args: &Args, house: &House<'_>) -> Fallible<Line> {
    let mut facts = BTreeMap::new();
    let mut add = |name: &str, value: String| facts.insert(name.to_owned(), value);
    add("cpu", of_file("/proc/cpuinfo", "model name"));
    add("cores", thread::available_parallelism()?.to_string());
    add("memory", of_file("/proc/meminfo", "MemTotal"));
    add("kernel", fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned());
    add("file system", said("stat", &["-f", "-c", "%T", &house.directory().to_string_lossy()]));
    add("commit", said("git", &["describe", "--always", "--dirty"]));
    add("rustc", said("rustc", &["--version"]));
    add("measured", SystemClock.now().format("%Y-%m-%d %H:%M UTC").to_string());
    let nats = find::nats(&Lookup::from_environment(".stagedoor/bin"))?;
    add("NATS", said(&nats.file.to_string_lossy(), &["--version"]));
    let short = if args.smoke { "; a smoke test: long logs have a fiftieth of their events" } else { "" };
    add("turns", format!("{} of {} s each{short}", args.pairs(), args.seconds().as_secs()));
    let mut connection = house.superuser().await?;
    for name in SETTINGS {
        let sql = "select current_setting($1)";
        let value: String = sqlx::query_scalar(sql).bind(name).fetch_one(&mut connection).await?;
        add(&format!("Postgres {name}"), value);
    }
    connection.close().await?;
    add("Stagedoor's settings", "the defaults, but for STAGEDOOR_SIGN_IN_LIMIT=0".to_owned());
    Ok(Line::Machine { facts })
}

/// The first value of that name in a file of `name : value`.
fn of_file(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned());
    value.unwrap_or_else(|| "unknown".to_owned())
}

/// What a program prints, if it is there.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    output.map_or_else(
        || "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
