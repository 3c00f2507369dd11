//! Along the log, event by event, in memory that does not grow with it.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use event_store::{Hash, LogReader, Position, RawEvent, canonical};
use faultpoint::{Sabotage, sabotaged};

use crate::{fault::Fault, versions::Versions};

/// Events read at once: first, and within these bounds as fast as they come. A page is one statement, whose snapshot
/// must not be held for long.
const PAGE: i64 = 1_000;
const PAGES: (i64, i64) = (50, 10_000);
const QUICK: Duration = Duration::from_millis(100);
const SLOW: Duration = Duration::from_secs(1);

/// Where somebody is in the log who has found everything right so far.
#[derive(Debug)]
pub(crate) struct Walk {
    position: Position,
    hash: Hash,
    /// When the last event was recorded, in microseconds.
    latest: i64,
    versions: Versions,
    page: i64,
}

/// An event that was found right.
pub(crate) struct Step<'a> {
    pub(crate) event: &'a RawEvent<'a>,
    /// The hash of the one before.
    pub(crate) previous: Hash,
    /// Its own.
    pub(crate) hash: Hash,
}

/// Why somebody went no further.
#[derive(Debug)]
pub(crate) enum Stop {
    Fault(Fault),
    Log(sqlx::Error),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Log(error)
    }
}

impl Walk {
    /// Before the first event.
    pub(crate) fn from_the_start() -> Self {
        Self {
            position: 0,
            hash: canonical::GENESIS,
            latest: i64::MIN,
            versions: Versions::default(),
            page: PAGE,
        }
    }

    /// Behind an event that is taken as it lies there, but for its hash where another is known.
    pub(crate) async fn behind(
        log: &mut LogReader,
        position: Position,
        known: Option<Hash>,
    ) -> Result<Self, Stop> {
        if position <= 0 {
            return Ok(Self::from_the_start());
        }
        let mut found = None;
        log.scan(position - 1, 1, |event| {
            found = Some((event.fields.position, event.fields.recorded_at, <Hash>::try_from(event.hash)));
            ControlFlow::Break(())
        })
        .await?;
        let Some((_, latest, hash)) = found.filter(|(found, ..)| *found == position) else {
            return Err(Stop::Fault(Fault::Missing { position }));
        };
        let Some(hash) = hash.ok().filter(|hash| known.is_none_or(|known| known == *hash)) else {
            return Err(Stop::Fault(Fault::ChainBroken { position }));
        };
        Ok(Self { position, hash, latest, ..Self::from_the_start() })
    }

    /// How far everything was found right.
    pub(crate) const fn position(&self) -> Position {
        self.position
    }

    /// The hash there.
    pub(crate) const fn hash(&self) -> Hash {
        self.hash
    }

    /// Goes on as far as `to`. Shows every event to `each`, and after every page how far it is to `told`.
    pub(crate) async fn to(
        &mut self,
        log: &mut LogReader,
        to: Position,
        each: &mut (dyn FnMut(Step<'_>) + Send),
        told: &mut (dyn FnMut(Position) + Send),
    ) -> Result<(), Stop> {
        while self.position < to {
            let (before, begun) = (self.position, Instant::now());
            let limit = self.page.min(to - before);
            let mut right = Ok(());
            // Whoever stands before the first event also sees what was put before it.
            let after = if before == 0 { Position::MIN } else { before };
            let read = log
                .scan(after, limit, |event| match self.follow(&event) {
                    Ok(step) => {
                        each(step);
                        ControlFlow::Continue(())
                    }
                    Err(fault) => {
                        right = Err(fault);
                        ControlFlow::Break(())
                    }
                })
                .await;
            if let Some(position) = self.versions.settle(log).await? {
                return Err(Stop::Fault(Fault::VersionGap { position }));
            }
            right.map_err(Stop::Fault)?;
            self.pace(read, self.position > before, begun.elapsed())?;
            told(self.position);
        }
        Ok(())
    }

    /// What was read is behind us, however the page ended: smaller pages where it took long, or broke off.
    fn pace(&mut self, read: Result<(), sqlx::Error>, came_on: bool, took: Duration) -> Result<(), Stop> {
        match read {
            Err(error) if !came_on => return Err(error.into()),
            Ok(()) if !came_on => return Err(Stop::Fault(Fault::Missing { position: self.position + 1 })),
            Err(_) => self.page /= 2,
            Ok(()) if took > SLOW => self.page /= 2,
            Ok(()) if took < QUICK => self.page *= 2,
            Ok(()) => {}
        }
        self.page = self.page.clamp(PAGES.0, PAGES.1);
        Ok(())
    }

    fn follow<'a>(&mut self, event: &'a RawEvent<'a>) -> Result<Step<'a>, Fault> {
        let (position, next) = (event.fields.position, self.position + 1);
        if position > next {
            return Err(Fault::Missing { position: next });
        }
        if position < next {
            return Err(Fault::OutOfPlace { position });
        }
        let (previous, hash) = (self.hash, canonical::hash_raw(&self.hash, &event.fields));
        if event.hash != hash && !sabotaged(Sabotage::VerifyWithoutChain) {
            return Err(Fault::ChainBroken { position });
        }
        if event.fields.recorded_at < self.latest {
            return Err(Fault::TimeRunsBack { position });
        }
        if !self.versions.follow(event) && !sabotaged(Sabotage::VerifyWithoutVersions) {
            return Err(Fault::VersionGap { position });
        }
        (self.position, self.hash, self.latest) = (position, hash, event.fields.recorded_at);
        Ok(Step { event, previous, hash })
    }
}
