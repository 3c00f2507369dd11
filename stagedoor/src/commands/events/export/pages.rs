//! Reading ahead of the file, so that both go on at once.

use event_store::{Chain, LogReader, Position, Selection, Walk};
use tokio::sync::mpsc;

use super::form::Form;
use crate::failure::Failure;

/// Pages that wait to be written.
const AHEAD: usize = 2;

/// A page, as it is written.
pub(super) struct Page {
    pub(super) lines: Vec<u8>,
    pub(super) events: u64,
    /// Everything up to here was looked at.
    pub(super) position: Position,
}

struct Reading {
    walk: Walk,
    form: Form,
    /// Where every event is wanted, each must follow from the one before.
    chain: Option<Chain>,
    to: Position,
}

/// What is selected after the chain's end, page by page; an error is the last of them.
pub(super) fn read(
    log: LogReader,
    form: Form,
    selection: Selection,
    chain: Chain,
) -> mpsc::Receiver<Result<Page, Failure>> {
    let (sender, pages) = mpsc::channel(AHEAD);
    let to = selection.to.unwrap_or_default();
    let chain = selection.is_gapless().then_some(chain);
    let mut reading = Reading { walk: Walk::new(log, selection), form, chain, to };
    tokio::spawn(async move {
        loop {
            let page = reading.next().await.transpose();
            let Some(page) = page else { return };
            let failed = page.is_err();
            if sender.send(page).await.is_err() || failed {
                return;
            }
        }
    });
    pages
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Page>, Failure> {
        let Some(found) = self.walk.next(self.to).await? else { return self.is_whole().map(|()| None) };
        let fault = |error: &dyn std::fmt::Display| Failure::Fault(format!("the log is damaged: {error}"));
        let mut lines = Vec::new();
        for event in &found.events {
            if let Some(chain) = &mut self.chain {
                chain.follow(event).map_err(|error| fault(&error))?;
            }
            self.form.write(event, &mut lines).map_err(|error| fault(&error))?;
        }
        Ok(Some(Page { lines, events: found.events.len() as u64, position: found.position }))
    }

    /// What was looked at to its end was there to its end.
    fn is_whole(&self) -> Result<(), Failure> {
        match self.chain.map(|chain| chain.position()) {
            Some(position) if position < self.to => {
                Err(Failure::Fault(format!("the log is damaged: it has no event after position {position}")))
            }
            Some(_) | None => Ok(()),
        }
    }
}
