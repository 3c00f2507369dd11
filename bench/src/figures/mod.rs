//! What is measured: one file each.

mod hot_show_writes;
mod ordering;

use crate::{args::Args, fallible::Fallible, house::Site, results::Journal};

/// What a measurement is given.
pub(crate) struct Bench<'a> {
    pub(crate) args: &'a Args,
    pub(crate) site: &'a Site,
    pub(crate) journal: Journal,
}

/// Measures what was asked for; whether all targets were met.
pub(crate) async fn run(args: &Args) -> Fallible<bool> {
    let site = Site::open().await?;
    let journal = Journal::open(args.json.as_deref())?;
    let mut bench = Bench { args, site: &site, journal };
    if args.wants("hot_show_writes") {
        hot_show_writes::run(&mut bench).await?;
    }
    Ok(bench.journal.is_good())
}
