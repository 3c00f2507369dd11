//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Parser, Subcommand};

/// Measures Stagedoor beside floors, on engines of its own.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Args {
    /// Only these figures, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    pub(crate) only: Vec<String>,

    /// How often floor and product take turns
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) pairs: u32,

    /// How long each of them runs
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(crate) seconds: u64,

    /// One short pair of everything: shows that it works, not how fast
    #[arg(long)]
    pub(crate) smoke: bool,

    /// For how long a snapshot is held open while the log grows
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600), value_name = "MINUTES")]
    pub(crate) snapshot_minutes: u64,

    /// Also write every result to this file, one JSON object a line; - for standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Also write performance.md and its charts into this directory
    #[arg(long, value_name = "DIR")]
    pub(crate) docs: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What else can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write performance.md and its charts again, from a file of results
    Report {
        /// What an earlier run wrote with --json
        file: PathBuf,
        /// Where to write it
        #[arg(long, default_value = "docs", value_name = "DIR")]
        docs: PathBuf,
    },
}

impl Args {
    /// How often floor and product take turns.
    pub(crate) fn pairs(&self) -> u32 {
        if self.smoke { 1 } else { self.pairs }
    }

    /// How long each of them runs.
    pub(crate) fn seconds(&self) -> Duration {
        if self.smoke { Duration::from_secs(2) } else { Duration::from_secs(self.seconds) }
    }

    /// How often what has no floor is measured.
    pub(crate) fn turns(&self) -> u32 {
        self.pairs().min(3)
    }

    /// How long everything together is put under load: a minute.
    pub(crate) fn long(&self) -> Duration {
        Duration::from_secs(if self.smoke { 4 } else { 60 })
    }

    /// How long a snapshot is held open while the log grows.
    pub(crate) fn snapshot(&self) -> Duration {
        if self.smoke { Duration::from_secs(16) } else { Duration::from_mins(self.snapshot_minutes) }
    }

    /// So many events, or few of them where it only has to be shown that it works.
    pub(crate) fn events(&self, count: i64) -> i64 {
        if self.smoke { count / 50 } else { count }
    }

    /// Whether a figure was asked for.
    pub(crate) fn wants(&self, figure: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == figure)
    }
}
