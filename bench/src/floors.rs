//! What the engines can do without Stagedoor: pgbench and psql on the same Postgres.

use std::{
    env,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use engines::{Lookup, find};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    fallible::Fallible,
    house::{House, Site},
};

const CLIENTS: &str = "32";
const THREADS: &str = "2";

/// A floor: a schema, and the transaction that is repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Floor {
    schema: &'static str,
    transaction: &'static str,
}

/// An order at one show.
pub(crate) const HOT: Floor = Floor {
    schema: include_str!("../floors/hot_schema.sql"),
    transaction: include_str!("../floors/hot.sql"),
};
/// An order at one of 1,000 shows.
pub(crate) const COLD: Floor = Floor {
    schema: include_str!("../floors/hot_schema.sql"),
    transaction: include_str!("../floors/cold.sql"),
};
/// Three plain rows of events.
pub(crate) const APPEND: Floor = Floor {
    schema: include_str!("../floors/append_schema.sql"),
    transaction: include_str!("../floors/append.sql"),
};

/// A floor with a database of its own.
pub(crate) struct Ready {
    directory: TempDir,
    pgbench: PathBuf,
    database: String,
}

impl Floor {
    /// Makes its database.
    pub(crate) async fn ready(self, site: &Site) -> Fallible<Ready> {
        let directory = tempfile::tempdir()?;
        std::fs::write(directory.path().join("floor.sql"), self.transaction)?;
        Ok(Ready {
            directory,
            pgbench: beside_postgres("pgbench")?,
            database: site.floor(self.schema).await?,
        })
    }
}

impl Ready {
    /// Transactions a second of 32 clients with prepared statements.
    pub(crate) async fn run(&self, duration: Duration) -> Fallible<f64> {
        let seconds = duration.as_secs().max(1).to_string();
        let output = Command::new(&self.pgbench)
            .args(["-n", "-M", "prepared", "-c", CLIENTS, "-j", THREADS, "-T", &seconds, "-f", "floor.sql"])
            .arg(&self.database)
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await?;
        let said = String::from_utf8_lossy(&output.stdout);
        let rate = said.lines().find_map(rate);
        match rate.filter(|_| output.status.success()) {
            Some(rate) => Ok(rate),
            None => Err(format!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr)).into()),
        }
    }
}

/// Of `tps = 1430.123456 (without initial connection time)`.
fn rate(line: &str) -> Option<f64> {
    line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok()
}

/// How long psql takes to have all of a log copied to it, which it throws away.
pub(crate) async fn copy(house: &House<'_>) -> Fallible<Duration> {
    let psql = beside_postgres("psql")?;
    let begun = Instant::now();
    let status = Command::new(psql)
        .args([&house.reader_url(), "-qXc", "copy events to stdout"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await?;
    if status.success() { Ok(begun.elapsed()) } else { Err("psql can't copy the log".into()) }
}

/// Among Postgres' other programs, or on the PATH: Debian's server has them elsewhere than its client.
fn beside_postgres(program: &str) -> Fallible<PathBuf> {
    let postgres = find::postgres(&Lookup::from_environment(".stagedoor/bin"))?;
    let path = env::var_os("PATH").unwrap_or_default();
    let places = [postgres.dir].into_iter().chain(env::split_paths(&path));
    let found = places.map(|place| place.join(program)).find(|file| file.is_file());
    found.ok_or_else(|| {
        format!("{program} is missing: install PostgreSQL's contrib or client programs").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_found_in_what_pgbench_prints() {
        assert_eq!(rate("tps = 1430.5 (without initial connection time)"), Some(1_430.5));
        assert_eq!(rate("latency average = 22.1 ms"), None);
    }
}
