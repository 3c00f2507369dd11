//! `stagedoor events tail`.

use std::collections::VecDeque;

use event_store::{LogReader, Position, Selection, Walk, watch_head};
use sqlx::postgres::PgConnectOptions;

use super::{
    print::{Detail, print},
    select::selection,
};
use crate::{
    cli::{Between, Like},
    failure::Failure,
    output::Progress,
    roles::signal,
    settings::Settings,
};

/// Events that are printed at once: each may have 256 KiB.
const PAGE: usize = 100;
/// How far is looked back at once where not all are wanted; further each time.
const FIRST_LOOK: Position = 1_000;
const LONGEST_LOOK: Position = 200_000;

pub(super) async fn run(
    settings: &Settings,
    json: bool,
    lines: u32,
    follow: bool,
    like: Like,
) -> Result<(), Failure> {
    let (database, wanted) = (settings.reader()?, usize::try_from(lines).unwrap_or(usize::MAX));
    let asked = selection(Between { from: None, to: None }, like)?;
    let mut log = LogReader::new(database.clone(), "cli");
    let head = log.head().await?.position;
    let newest = newest(&database, &asked, head, wanted).await?;
    for some in newest.chunks(PAGE) {
        log.several(some).await?.iter().try_for_each(|event| print(event, json, Detail::Line))?;
    }
    if !follow {
        return Ok(());
    }
    Box::pin(go_on(database, json, Selection { from: Some(head + 1), ..asked })).await
}

/// The positions of the newest events like that.
async fn newest(
    database: &PgConnectOptions,
    asked: &Selection,
    head: Position,
    wanted: usize,
) -> Result<Vec<Position>, Failure> {
    if asked.is_gapless() {
        let first = (head - Position::try_from(wanted).unwrap_or(head)).max(0) + 1;
        return Ok((first..=head).collect());
    }
    let (mut found, mut to) = (VecDeque::new(), head);
    // A stream is read from its beginning, by its index; what is scattered over the log is looked for from its end.
    let mut look = if asked.stream.is_some() { head } else { FIRST_LOOK };
    let mut progress = Progress::new("positions looked at");
    while to > 0 && found.len() < wanted {
        let from = (to - look).max(0) + 1;
        let part = Selection { from: Some(from), to: Some(to), ..asked.clone() };
        let more = positions(database, part, wanted - found.len()).await?;
        more.into_iter().rev().for_each(|position| found.push_front(position));
        (to, look) = (from - 1, (look * 2).min(LONGEST_LOOK));
        progress.tell(head - to, head);
    }
    progress.end();
    Ok(found.into())
}

/// The last of a part; no more than are wanted are kept on the way.
async fn positions(
    database: &PgConnectOptions,
    part: Selection,
    wanted: usize,
) -> Result<VecDeque<Position>, Failure> {
    let to = part.to.unwrap_or_default();
    let mut walk = Walk::new(LogReader::new(database.clone(), "cli"), part);
    let mut found = VecDeque::new();
    while let Some(page) = walk.next(to).await? {
        found.extend(page.events.iter().map(|event| event.position));
        found.drain(..found.len().saturating_sub(wanted));
    }
    Ok(found)
}

async fn go_on(database: PgConnectOptions, json: bool, asked: Selection) -> Result<(), Failure> {
    let cancel = signal::token();
    let mut head = watch_head(database.clone(), cancel.clone());
    let mut walk = Walk::new(LogReader::new(database, "cli"), asked);
    let followed = async {
        while let Ok(known) = head.wait_for(|head| *head > walk.position()).await.map(|head| *head) {
            while let Some(page) = walk.next(known).await? {
                page.events.iter().try_for_each(|event| print(event, json, Detail::Line))?;
            }
        }
        Ok(())
    };
    cancel.run_until_cancelled(followed).await.unwrap_or(Ok(()))
}
