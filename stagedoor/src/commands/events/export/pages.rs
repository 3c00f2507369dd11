//! The log, or what is asked for of it, as lines: a page at a time, into a buffer that is used again.
//!
//! Nothing is read ahead of the file. Pages that one thread reads and another writes are freed by whoever did not allocate
//! them, and then an export's memory depends on how far apart the two happen to be.

use event_store::{Chain, LogReader, Position, Selection, Walk};

use super::form::Form;
use crate::failure::Failure;

/// A way through what is exported.
pub(super) struct Pages {
    walk: Walk,
    form: Form,
    /// Where every event is wanted, each must follow from the one before.
    chain: Option<Chain>,
    to: Position,
}

/// What the lines of a page stand for.
pub(super) struct Page {
    pub(super) events: u64,
    /// Everything up to here was looked at.
    pub(super) position: Position,
}

impl Pages {
    /// What is selected after the chain's end, and up to a position.
    pub(super) fn of(log: LogReader, form: Form, selection: Selection, to: Position, chain: Chain) -> Self {
        let chain = selection.is_gapless().then_some(chain);
        Self { walk: Walk::new(log, selection), form, chain, to }
    }

    /// The next page, whose lines take the place of those of the one before; `None` after the last.
    pub(super) async fn next(&mut self, lines: &mut Vec<u8>) -> Result<Option<Page>, Failure> {
        lines.clear();
        let Some(found) = self.walk.next(self.to).await? else { return self.is_whole().map(|()| None) };
        let fault = |error: &dyn std::fmt::Display| Failure::Fault(format!("the log is damaged: {error}"));
        for event in &found.events {
            if let Some(chain) = &mut self.chain {
                chain.follow(event).map_err(|error| fault(&error))?;
            }
            self.form.write(event, lines).map_err(|error| fault(&error))?;
        }
        Ok(Some(Page { events: found.events.len() as u64, position: found.position }))
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
