//! What is measured: one file each.

mod append;
mod audit_order;
mod buffers;
mod called_off;
mod cold_shows;
mod export;
mod growth;
mod holds;
mod hot_show;
mod hot_show_writes;
mod idle;
mod long_and_short;
mod meanwhile;
mod on_sale;
mod ordering;
mod projections;
mod publishing;
mod reads;
mod rebuild;
mod relay;
mod resources;
mod seeing;
mod snapshot;
mod until;
mod verify;
mod visible;

pub(crate) use resources::peak_of;

use crate::{
    args::Args,
    fallible::Fallible,
    house::Site,
    results::{self, Journal, report},
};

/// What a measurement is given.
pub(crate) struct Bench<'a> {
    pub(crate) args: &'a Args,
    pub(crate) site: &'a Site,
    pub(crate) journal: Journal,
}

impl Bench<'_> {
    /// One measurement that fails does not keep the others from being taken.
    fn note(&mut self, name: &str, ended: Fallible<()>) -> Fallible<()> {
        match ended {
            Ok(()) => Ok(()),
            Err(error) => self.journal.audit(name, false, format!("it did not come to its end: {error}")),
        }
    }
}

/// Measures what was asked for; whether all targets were met.
pub(crate) async fn run(args: &Args) -> Fallible<bool> {
    let site = Site::open().await?;
    let mut journal = Journal::open(args.json.as_deref())?;
    journal.add(results::facts(args, &site.house().await?).await?)?;
    let mut bench = Bench { args, site: &site, journal };
    if args.wants("hot_show_writes") {
        let ended = hot_show_writes::run(&mut bench).await;
        bench.note("hot_show_writes", ended)?;
    }
    if args.wants("append") {
        let ended = append::run(&mut bench).await;
        bench.note("append", ended)?;
    }
    if args.wants("cold_shows") {
        let ended = cold_shows::run(&mut bench).await;
        bench.note("cold_shows", ended)?;
    }
    if args.wants("hot_show") {
        let ended = hot_show::run(&mut bench).await;
        bench.note("hot_show", ended)?;
    }
    if args.wants("relay") {
        let ended = relay::run(&mut bench).await;
        bench.note("relay", ended)?;
    }
    if args.wants("projections") {
        let ended = projections::run(&mut bench).await;
        bench.note("projections", ended)?;
    }
    if args.wants("rebuild") {
        let ended = rebuild::run(&mut bench).await;
        bench.note("rebuild", ended)?;
    }
    if args.wants("rebuild_memory") {
        let ended = rebuild::memory(&mut bench).await;
        bench.note("rebuild_memory", ended)?;
    }
    if args.wants("visible") {
        let ended = visible::run(&mut bench).await;
        bench.note("visible", ended)?;
    }
    if args.wants("on_sale") {
        let ended = on_sale::run(&mut bench).await;
        bench.note("on_sale", ended)?;
    }
    if args.wants("holds") {
        let ended = holds::run(&mut bench).await;
        bench.note("holds", ended)?;
    }
    if args.wants("called_off") {
        let ended = called_off::run(&mut bench).await;
        bench.note("called_off", ended)?;
    }
    if args.wants("reads") {
        let ended = reads::run(&mut bench).await;
        bench.note("reads", ended)?;
    }
    if args.wants("idle") {
        let ended = idle::run(&mut bench).await;
        bench.note("idle", ended)?;
    }
    if args.wants("growth") {
        let ended = growth::run(&mut bench).await;
        bench.note("growth", ended)?;
    }
    if args.wants("audit_order") {
        let ended = audit_order::run(&mut bench).await;
        bench.note("audit_order", ended)?;
    }
    if args.wants("verify") {
        let ended = verify::run(&mut bench).await;
        bench.note("verify", ended)?;
    }
    if args.wants("export") {
        let ended = export::run(&mut bench).await;
        bench.note("export", ended)?;
    }
    if args.wants("snapshot") {
        let ended = snapshot::run(&mut bench).await;
        bench.note("snapshot", ended)?;
    }
    if let Some(docs) = &args.docs {
        report::write(bench.journal.lines(), docs)?;
    }
    Ok(bench.journal.is_good())
}
