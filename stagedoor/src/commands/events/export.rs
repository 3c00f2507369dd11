//! `stagedoor events export`: a page at a time, however long the log is.

mod destination;
mod form;
mod kept;
mod pages;

use std::path::Path;

use event_store::{
    Chain, Hash, Head, LogReader, Position, Selection,
    archive::{Begin, End},
    canonical::GENESIS,
};
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;

use self::{
    destination::Destination,
    form::Form,
    kept::{Kept, kept},
    pages::Pages,
};
use super::select::within;
use crate::{
    cli::Format,
    failure::Failure,
    output::{self, Progress},
    settings::Settings,
};

/// What is exported, and from which log.
struct Export {
    database: PgConnectOptions,
    form: Form,
    selection: Selection,
    head: Head,
}

/// What is told of an export into a file.
#[derive(Serialize)]
struct Exported<'a> {
    file: &'a Path,
    log_id: uuid::Uuid,
    /// How many were written now; others may have been there.
    events: u64,
    /// Everything up to here was looked at.
    position: Position,
}

pub(super) async fn run(
    settings: &Settings,
    json: bool,
    format: Format,
    selection: Selection,
    out: Option<&Path>,
) -> Result<(), Failure> {
    let database = settings.reader()?;
    let head = LogReader::new(database.clone(), "export").head().await?;
    within(&selection, head.position)?;
    let export = Export { database, form: Form::of(format), selection, head };
    match out {
        None => export.write(Kept::default(), Destination::Stdout).await.map(|_| ()),
        Some(path) => {
            let exported = export.fill(path).await?;
            told(&exported, json)
        }
    }
}

impl Export {
    /// Goes on with what the file holds, if it holds this log's events.
    async fn fill<'a>(&self, path: &'a Path) -> Result<Exported<'a>, Failure> {
        let mut destination = Destination::file(path)?;
        let kept = destination.read(|file| kept(file, path, self.form, &self.begin()))?;
        self.continues(&kept, path).await?;
        destination.cut(kept.length)?;
        let events = self.write(kept, destination).await?;
        Ok(Exported { file: path, log_id: self.head.log_id, events, position: self.to() })
    }

    fn begin(&self) -> Begin {
        Begin::of(self.head.log_id, &self.selection)
    }

    /// The last position that is looked at.
    fn to(&self) -> Position {
        self.selection.to.unwrap_or(self.head.position)
    }

    /// The log may have been restored to an older state since the file was written.
    async fn continues(&self, kept: &Kept, path: &Path) -> Result<(), Failure> {
        let Some((position, hash)) = kept.last else { return Ok(()) };
        let path = path.display();
        if position > self.head.position || self.hash_at(position).await? != hash {
            return Err(Failure::Fault(format!(
                "{path} holds, up to position {position}, what this log does not hold: keep it, and name another file"
            )));
        }
        if position > self.to() {
            let message = format!("{path} goes up to position {position} already");
            return Err(Failure::usage(message, "leave --to out, or name another file"));
        }
        Ok(())
    }

    /// Writes what is missing, and that it is complete: how many events.
    async fn write(&self, kept: Kept, mut destination: Destination) -> Result<u64, Failure> {
        if kept.length == 0 {
            destination.write(self.form.first_line(&self.begin()).as_bytes())?;
        }
        let (before, to) = (self.selection.before(), self.to());
        let chain = match kept.last {
            Some((position, hash)) => Chain::after(position, hash),
            None => Chain::after(before, self.hash_at(before).await?),
        };
        let rest = Selection { from: Some(chain.position() + 1), to: Some(to), ..self.selection.clone() };
        let log = LogReader::new(self.database.clone(), "export");
        let mut pages = Pages::of(log, self.form, rest, to, chain);
        let (mut lines, mut events, mut progress) = (Vec::new(), 0, Progress::new("positions"));
        while let Some(page) = pages.next(&mut lines).await? {
            destination.write(&lines)?;
            events += page.events;
            progress.tell(page.position - before, to - before);
        }
        progress.end();
        destination.end(&self.form.last_line(&self.end().await?))?;
        Ok(events)
    }

    async fn end(&self) -> Result<End, Failure> {
        let mut log = LogReader::new(self.database.clone(), "export");
        if log.head().await?.log_id != self.head.log_id {
            return Err(Failure::Fault("the log was exchanged for another while it was exported".to_owned()));
        }
        Ok(End { position: self.to(), hash: self.hash_at(self.to()).await? })
    }

    async fn hash_at(&self, position: Position) -> Result<Hash, Failure> {
        if position == 0 {
            return Ok(GENESIS);
        }
        let event = LogReader::new(self.database.clone(), "export").at(position).await?;
        let missing = || Failure::Fault(format!("the log has no event at position {position}"));
        Ok(event.ok_or_else(missing)?.hash.0)
    }
}

fn told(exported: &Exported<'_>, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(exported);
    }
    let Exported { file, log_id, events, position } = exported;
    output::note(&format!(
        "{}: {events} events were added; complete up to position {position} of log {log_id}.",
        file.display()
    ));
    Ok(())
}
