//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::Parser;

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

    /// Also write every result to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
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

    /// Whether a figure was asked for.
    pub(crate) fn wants(&self, figure: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == figure)
    }
}
