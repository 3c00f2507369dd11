//! Issuing a checkpoint: look at the last one, verify what came since, sign, keep, note.
//!
//! In this order a crash does no harm: what was kept and not noted is found where it is kept, and what was not kept is
//! issued anew.

use std::{sync::Arc, time::Duration};

use event_store::{Head, LogReader, Position, SharedClock, connect};
use faultpoint::{Point, Sabotage, sabotaged};
use sqlx::{PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::{
    checkpoint::{Checkpoint, Signed},
    fault::Fault,
    key::{KeyError, SigningKey, TrustedKeys},
    merkle::Tree,
    noted::{self, Noted},
    succession::{Distrust, vouched},
    target::{Kept, Target, TargetError},
    walk::{Stop, Walk},
};

/// What it takes to issue checkpoints.
#[derive(Clone)]
pub struct IssuerOptions {
    /// The log's database, with a role that may take leases.
    pub database: PgConnectOptions,
    /// Signs.
    pub key: Arc<SigningKey>,
    /// Those who may have signed the checkpoint before.
    pub trusted: TrustedKeys,
    /// Where checkpoints are kept.
    pub target: Arc<Target>,
    /// After so many events the next is due; it covers no more.
    pub every_events: u32,
    /// After so long the next is due, if there is any event.
    pub every: Duration,
    /// Says when.
    pub clock: SharedClock,
}

/// Why no checkpoint was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The log's database is not to be had.
    #[error("the log can't be read: {0}")]
    Log(#[from] sqlx::Error),
    /// The place where checkpoints are kept is not to be had.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The key can't be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Something speaks against the log, or against the checkpoints there are: nothing is signed over it.
    #[error("nothing is signed: {0}")]
    Fault(Fault),
    /// Somebody else issued the same checkpoint at the same time.
    #[error("somebody else issued checkpoint {0}")]
    Overtaken(i64),
}

impl From<Stop> for IssueError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fault(fault) => Self::Fault(fault),
            Stop::Log(error) => Self::Log(error),
        }
    }
}

impl From<std::io::Error> for IssueError {
    fn from(error: std::io::Error) -> Self {
        Self::Log(sqlx::Error::Io(error))
    }
}

/// Issues one checkpoint after the other.
pub struct Issuer {
    options: IssuerOptions,
    log: LogReader,
    connection: Option<PgConnection>,
}

impl Issuer {
    /// Connects when it is first needed.
    #[must_use]
    pub fn new(options: IssuerOptions) -> Self {
        let log = LogReader::new(options.database.clone(), "checkpoints");
        Self { options, log, connection: None }
    }

    /// Issues the next checkpoint; `None` if there is no event that is not covered. `begin` allows to issue the first
    /// one of a log where others' are kept.
    ///
    /// # Errors
    /// See [`IssueError`].
    pub async fn issue(&mut self, begin: bool) -> Result<Option<Signed>, IssueError> {
        let mut connection = self.connection().await?;
        let log_id = self.log.head().await?.log_id;
        let last = self.last(&mut connection, log_id, begin).await?;
        // Asked after the checkpoints: the log only grows, so whatever they cover must be in it.
        let head = self.log.head().await?;
        let issued = match self.next(&head, last.as_ref()).await? {
            Some(next) => {
                let signed = Signed::new(&next, &self.options.key)?;
                faultpoint::pass(Point::CheckpointBeforeWrite).await?;
                self.keep(&signed).await?;
                faultpoint::pass(Point::CheckpointWritten).await?;
                noted::note(&mut connection, &signed.checkpoint).await?;
                Some(signed)
            }
            None => None,
        };
        self.connection = Some(connection);
        Ok(issued)
    }

    /// The newest checkpoint that this database knows of, and the log's head.
    pub(crate) async fn noted(&mut self) -> Result<(Option<Noted>, Head), sqlx::Error> {
        let mut connection = self.connection().await?;
        let head = self.log.head().await?;
        let noted = noted::newest(&mut connection, head.log_id).await?;
        self.connection = Some(connection);
        Ok((noted, head))
    }

    /// Taken out, so that a connection on which something failed is not used again.
    async fn connection(&mut self) -> Result<PgConnection, sqlx::Error> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => connect(&self.options.database, "checkpoints").await,
        }
    }

    /// The checkpoint that the next one follows: the newest that is kept, which must be at least as new as the one that
    /// was noted.
    async fn last(
        &self,
        connection: &mut PgConnection,
        log_id: Uuid,
        begin: bool,
    ) -> Result<Option<Checkpoint>, IssueError> {
        let noted = noted::newest(connection, log_id).await?;
        let known = noted.as_ref().map_or(0, |noted| noted.sequence);
        let found = self.options.target.newest(log_id, known).await?;
        if known > found {
            return Err(IssueError::Fault(Fault::CheckpointsLost { noted: known, found }));
        }
        if found == 0 {
            return if begin { Ok(None) } else { self.may_begin(log_id).await.map(|()| None) };
        }
        let last = self.read(log_id, found).await?.checkpoint;
        let sequence = last.sequence;
        self.is_not_retired(&last)?;
        if noted.as_ref().is_some_and(|noted| noted.sequence == sequence && noted.hash() != last.hash()) {
            return Err(IssueError::Fault(Fault::CheckpointDiffers { sequence }));
        }
        if known < sequence {
            noted::note(connection, &last).await?;
        }
        Ok(Some(last))
    }

    /// Auditors would not believe what a key signs that another has replaced.
    fn is_not_retired(&self, last: &Checkpoint) -> Result<(), IssueError> {
        let rank = |key_id| self.options.trusted.find(key_id).map(|(rank, _)| rank);
        let key_id = self.options.key.public().id();
        if rank(&key_id) >= rank(&last.key_id) {
            return Ok(());
        }
        let (sequence, why) = (last.sequence + 1, Distrust::RetiredKey { key_id });
        Err(IssueError::Fault(Fault::Distrusted { sequence, why }))
    }

    /// Somebody who gives the log another id could otherwise have any log signed.
    async fn may_begin(&self, log_id: Uuid) -> Result<(), IssueError> {
        let known = self.options.target.logs().await?;
        if known.contains(&log_id) {
            return Err(IssueError::Overtaken(1));
        }
        if known.is_empty() { Ok(()) } else { Err(IssueError::Fault(Fault::UnknownLog { log_id, known })) }
    }

    async fn read(&self, log_id: Uuid, sequence: i64) -> Result<Signed, IssueError> {
        let found = self.options.target.read(log_id, sequence).await?;
        let found = found.ok_or(IssueError::Fault(Fault::CheckpointMissing { sequence }))?;
        let signed = Signed::parse(&found).map_err(|_| Distrust::Unreadable);
        let vouched = signed.and_then(|signed| {
            vouched(log_id, sequence, &signed, &self.options.trusted)?;
            Ok(signed)
        });
        vouched.map_err(|why| IssueError::Fault(Fault::Distrusted { sequence, why }))
    }

    /// What is to be signed: what came after the last one, verified.
    async fn next(
        &mut self,
        head: &Head,
        last: Option<&Checkpoint>,
    ) -> Result<Option<Checkpoint>, IssueError> {
        let covered = last.map_or(0, |last| last.to);
        if let Some(last) = last.filter(|last| last.to > head.position) {
            let (position, sequence, to) = (head.position + 1, last.sequence, last.to);
            return Err(IssueError::Fault(Fault::TailCut { position, sequence, to }));
        }
        let to = head.position.min(covered.saturating_add(i64::from(self.options.every_events)));
        let mut tree = Tree::default();
        let verified = self.verify(last, to, &mut tree).await;
        let (chain_hash, to) = match verified {
            Err(IssueError::Fault(_)) if sabotaged(Sabotage::SignUnverified) => (head.hash, head.position),
            verified => (verified?, to),
        };
        if to == covered {
            return Ok(None);
        }
        let now = self.options.clock.now();
        let root = tree.finish().map_or([0; 32], |(root, _)| root);
        Ok(Some(Checkpoint {
            log_id: head.log_id,
            sequence: last.map_or(1, |last| last.sequence + 1),
            from: covered + 1,
            to,
            chain_hash,
            merkle_root: root,
            issued_at: last.map_or(now, |last| now.max(last.issued_at)),
            previous: last.map_or([0; 32], Checkpoint::hash),
            key_id: self.options.key.public().id(),
        }))
    }

    /// The hash at `to`, if the log is whole from the last checkpoint to there.
    async fn verify(
        &mut self,
        last: Option<&Checkpoint>,
        to: Position,
        tree: &mut Tree,
    ) -> Result<event_store::Hash, IssueError> {
        if !self.log.has_its_keys().await? {
            return Err(IssueError::Fault(Fault::KeysGone));
        }
        let behind = last.map_or(0, |last| last.to);
        let walk = Walk::behind(&mut self.log, behind, last.map(|last| last.chain_hash)).await;
        let mut walk = walk.map_err(|stop| match (stop, last) {
            (Stop::Fault(Fault::ChainBroken { .. }), Some(last)) => {
                let Checkpoint { sequence, from, to, .. } = *last;
                IssueError::Fault(Fault::Rewritten { sequence, from, to })
            }
            (stop, _) => stop.into(),
        })?;
        walk.to(&mut self.log, to, &mut |step| tree.push(&step.hash), &mut |_| {}).await?;
        Ok(walk.hash())
    }

    async fn keep(&self, signed: &Signed) -> Result<(), IssueError> {
        if self.options.target.keep(signed).await? == Kept::Written {
            return Ok(());
        }
        // It may be ours: a request whose answer was lost is made once more.
        let Checkpoint { log_id, sequence, .. } = signed.checkpoint;
        if self.read(log_id, sequence).await? == *signed {
            Ok(())
        } else {
            Err(IssueError::Overtaken(sequence))
        }
    }
}
