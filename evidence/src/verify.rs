//! Whether the log is whole, and what was signed.

use std::time::{Duration, Instant};

use event_store::{Head, LogReader, Position, connect};
use faultpoint::{Sabotage, sabotaged};
use futures::{StreamExt, stream};
use serde::Serialize;
use sqlx::postgres::PgConnectOptions;
use tokio::time::sleep;
use uuid::Uuid;

use crate::{
    checkpoint::{Checkpoint, Signed},
    fault::{self, Fault, VerifyError},
    hexadecimal,
    key::TrustedKeys,
    merkle::Tree,
    noted::{self, Noted},
    succession::{Distrust, Succession},
    target::{Target, TargetError},
    walk::{Stop, Walk},
    witnesses::{self, Witness},
};

/// Checkpoints that are fetched while others are looked at.
const FETCHED_AHEAD: usize = 16;
/// How long a standby is waited for that has not all events yet.
const STANDBY_CATCHES_UP_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What part of the log is verified.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// The first position; without, the first of the log.
    pub from: Option<Position>,
    /// The last position; without, the last of the log.
    pub to: Option<Position>,
}

/// What was found.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Which log.
    pub log_id: Uuid,
    /// Where it ends.
    pub head: Position,
    /// The hash there.
    #[serde(with = "hexadecimal")]
    pub head_hash: event_store::Hash,
    /// The first position that was to be verified.
    pub from: Position,
    /// The last position that was to be verified.
    pub to: Position,
    /// The last position up to which everything holds that the log itself shows.
    pub sound_to: Position,
    /// How many events were read.
    pub events: i64,
    /// The checkpoints; absent where none were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoints: Option<Checkpoints>,
    /// Everything that speaks against the log or its checkpoints.
    #[serde(serialize_with = "fault::told")]
    pub faults: Vec<Fault>,
    /// How long it took.
    pub seconds: f64,
}

/// What the checkpoints say.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Checkpoints {
    /// How many are kept.
    pub kept: i64,
    /// How many of them the log was compared with, and equals.
    pub agree: i64,
    /// The last position up to which the log is what was signed; absent where nothing was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_to: Option<Position>,
    /// The newest that is believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest: Option<Checkpoint>,
    /// Events behind the newest: nothing vouches for them but the chain.
    pub unsigned: i64,
}

/// Verifies the log: by itself, by what those know who have followed it, and by the checkpoints in `evidence`.
///
/// # Errors
/// Log or checkpoints can't be read. What speaks against them is in the report.
pub async fn verify(
    database: &PgConnectOptions,
    scope: Scope,
    evidence: Option<(&Target, &TrustedKeys)>,
    told: &mut (dyn FnMut(Position, Position) + Send),
) -> Result<Report, VerifyError> {
    let begun = Instant::now();
    let mut log = LogReader::new(database.clone(), "verify");
    let known = Known::ask(&mut log, database, evidence).await?;
    let mut audit = Audit::new(&known, scope, evidence);
    audit.by_what_is_kept();
    if !log.has_its_keys().await? {
        audit.faults.push(Fault::KeysGone);
    }
    match audit.go(&mut log, told).await {
        Ok(()) => {}
        Err(Halt::Fault(fault)) => audit.faults.push(fault),
        Err(Halt::Error(error)) => return Err(error),
    }
    Ok(audit.report(begun.elapsed()))
}

/// What is known before the log is read. All of it is asked before the log's head: the log only grows, so whatever was
/// known earlier must be in it.
struct Known {
    head: Head,
    noted: Option<Noted>,
    witnesses: Vec<Witness>,
    /// The highest number that is kept, and other logs that checkpoints are kept of where there is none of this one.
    kept: i64,
    others: Vec<Uuid>,
}

impl Known {
    async fn ask(
        log: &mut LogReader,
        database: &PgConnectOptions,
        evidence: Option<(&Target, &TrustedKeys)>,
    ) -> Result<Self, VerifyError> {
        let log_id = log.head().await?.log_id;
        let mut connection = connect(database, "verify").await?;
        let noted = noted::newest(&mut connection, log_id).await?;
        let witnesses = witnesses::followers(&mut connection, log_id).await?;
        let (mut kept, mut covered, mut others) = (0, 0, Vec::new());
        if let Some((target, _)) = evidence {
            kept = target.newest(log_id, 0).await?;
            covered = claimed(target, log_id, kept).await?;
            if kept == 0 {
                others = target.logs().await?;
                // Its first one may have come meanwhile.
                others.retain(|other| *other != log_id);
            }
        }
        let positions = witnesses.iter().map(|witness| witness.position);
        let seen = positions.chain(noted.iter().map(|noted| noted.position)).fold(covered, Position::max);
        Ok(Self { head: head_behind(log, seen).await?, noted, witnesses, kept, others })
    }
}

/// How far a checkpoint says that it goes, whether it is to be believed or not.
async fn claimed(target: &Target, log_id: Uuid, sequence: i64) -> Result<Position, TargetError> {
    let found = target.read(log_id, sequence).await?;
    let signed = found.and_then(|found| Signed::parse(&found).ok());
    Ok(signed.map_or(0, |signed| signed.checkpoint.to))
}

/// Where the log ends. A standby, which may not have yet what others have seen, is waited for, but not for ever.
///
/// # Errors
/// The database can't be reached.
pub async fn head_behind(log: &mut LogReader, seen: Position) -> Result<Head, sqlx::Error> {
    let begun = Instant::now();
    loop {
        let head = log.head().await?;
        let may_lag = begun.elapsed() < STANDBY_CATCHES_UP_WITHIN;
        if head.position >= seen || !may_lag || !log.is_standby().await? {
            return Ok(head);
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Why there is nothing more to be found.
enum Halt {
    Fault(Fault),
    Error(VerifyError),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fault(fault) => Self::Fault(fault),
            Stop::Log(error) => Self::Error(error.into()),
        }
    }
}

impl From<TargetError> for Halt {
    fn from(error: TargetError) -> Self {
        Self::Error(error.into())
    }
}

struct Audit<'a> {
    known: &'a Known,
    evidence: Option<(&'a Target, &'a TrustedKeys)>,
    from: Position,
    to: Position,
    sound_to: Position,
    checkpoints: Checkpoints,
    faults: Vec<Fault>,
}

impl<'a> Audit<'a> {
    fn new(known: &'a Known, scope: Scope, evidence: Option<(&'a Target, &'a TrustedKeys)>) -> Self {
        let from = scope.from.unwrap_or(1).max(1);
        let to = scope.to.unwrap_or(known.head.position);
        let checkpoints = Checkpoints { kept: known.kept, ..Checkpoints::default() };
        Self { known, evidence, from, to, sound_to: from - 1, checkpoints, faults: Vec::new() }
    }

    /// Whether there are the checkpoints that should be there.
    fn by_what_is_kept(&mut self) {
        if self.evidence.is_none() {
            return;
        }
        let noted = self.known.noted.as_ref().map_or(0, |noted| noted.sequence);
        if self.known.kept == 0 && !self.known.others.is_empty() {
            let known = self.known.others.clone();
            self.faults.push(Fault::UnknownLog { log_id: self.known.head.log_id, known });
        } else if noted > self.known.kept {
            self.faults.push(Fault::CheckpointsLost { noted, found: self.known.kept });
        }
    }

    /// Along the log from one checkpoint to the next, and from the newest to the end.
    async fn go(
        &mut self,
        log: &mut LogReader,
        told: &mut (dyn FnMut(Position, Position) + Send),
    ) -> Result<(), Halt> {
        let to = self.to;
        let told: &mut (dyn FnMut(Position) + Send) = &mut |position| told(position, to);
        let mut walk = Walk::behind(log, self.from - 1, None).await?;
        if let Some((target, keys)) = self.evidence {
            match self.by_checkpoints(target, keys, &mut walk, log, told).await {
                // A checkpoint that is not believed says nothing about the log.
                Err(Halt::Fault(fault @ (Fault::Distrusted { .. } | Fault::CheckpointMissing { .. }))) => {
                    self.faults.push(fault);
                }
                other => other?,
            }
        }
        self.walk(&mut walk, log, self.to, &mut |_| {}, told).await?;
        let head = &self.known.head;
        if walk.position() == head.position && walk.hash() != head.hash {
            return Err(Halt::Fault(Fault::HeadDiffers { position: head.position }));
        }
        Ok(())
    }

    async fn by_checkpoints(
        &mut self,
        target: &Target,
        keys: &TrustedKeys,
        walk: &mut Walk,
        log: &mut LogReader,
        told: &mut (dyn FnMut(Position) + Send),
    ) -> Result<(), Halt> {
        let log_id = self.known.head.log_id;
        let mut succession = Succession::new(log_id, keys);
        let fetch = async |sequence| (sequence, target.read(log_id, sequence).await);
        let fetched = stream::iter(1..=self.known.kept).map(fetch).buffered(FETCHED_AHEAD);
        let mut fetched = std::pin::pin!(fetched);
        while let Some((sequence, read)) = fetched.next().await {
            let signed = believed(sequence, read?, &mut succession)?;
            self.is_as_noted(&signed.checkpoint);
            self.compare(&signed.checkpoint, walk, log, told).await?;
            self.checkpoints.newest = Some(signed.checkpoint);
        }
        Ok(())
    }

    fn is_as_noted(&mut self, checkpoint: &Checkpoint) {
        let noted = self.known.noted.as_ref().filter(|noted| noted.sequence == checkpoint.sequence);
        if noted.is_some_and(|noted| noted.hash() != checkpoint.hash()) {
            self.faults.push(Fault::CheckpointDiffers { sequence: checkpoint.sequence });
        }
    }

    /// The log as far as a checkpoint goes, if that far is to be verified.
    async fn compare(
        &mut self,
        checkpoint: &Checkpoint,
        walk: &mut Walk,
        log: &mut LogReader,
        told: &mut (dyn FnMut(Position) + Send),
    ) -> Result<(), Halt> {
        let Checkpoint { sequence, from, to, .. } = *checkpoint;
        if to < self.from - 1 {
            return Ok(());
        }
        let end = to.min(self.to).min(self.known.head.position);
        let mut tree = (walk.position() + 1 == from).then(Tree::default);
        let grow: &mut (dyn FnMut(&event_store::Hash) + Send) = &mut |hash| {
            if let Some(tree) = &mut tree {
                tree.push(hash);
            }
        };
        self.walk(walk, log, end, grow, told).await?;
        if to > self.known.head.position {
            return Err(Halt::Fault(Fault::TailCut { position: self.known.head.position + 1, sequence, to }));
        }
        if walk.position() != to {
            return Ok(());
        }
        let root = tree.and_then(Tree::finish).map(|(root, _)| root);
        let equal =
            walk.hash() == checkpoint.chain_hash && root.is_none_or(|root| root == checkpoint.merkle_root);
        if !equal && !sabotaged(Sabotage::VerifyWithoutRoots) {
            return Err(Halt::Fault(Fault::Rewritten { sequence, from, to }));
        }
        self.checkpoints.agree += 1;
        self.checkpoints.signed_to = Some(to);
        Ok(())
    }

    async fn walk(
        &mut self,
        walk: &mut Walk,
        log: &mut LogReader,
        to: Position,
        grow: &mut (dyn FnMut(&event_store::Hash) + Send),
        told: &mut (dyn FnMut(Position) + Send),
    ) -> Result<(), Halt> {
        let walked = walk.to(log, to, &mut |step| grow(&step.hash), told).await;
        self.sound_to = walk.position();
        Ok(walked?)
    }

    fn report(mut self, took: Duration) -> Report {
        let Head { log_id, position: head, hash: head_hash } = self.known.head;
        // What is not signed comes last.
        self.faults.extend(self.known.witnesses.iter().filter_map(|witness| witness.against(head)));
        let covered = self.checkpoints.newest.as_ref().map_or(0, |newest| newest.to);
        self.checkpoints.unsigned = (head - covered).max(0);
        Report {
            log_id,
            head,
            head_hash,
            from: self.from,
            to: self.to,
            sound_to: self.sound_to,
            events: self.sound_to - (self.from - 1),
            checkpoints: self.evidence.is_some().then_some(self.checkpoints),
            faults: self.faults,
            seconds: took.as_secs_f64(),
        }
    }
}

/// A checkpoint that is there, can be read, and follows from the one before.
fn believed(sequence: i64, found: Option<Vec<u8>>, succession: &mut Succession<'_>) -> Result<Signed, Halt> {
    let found = found.ok_or(Halt::Fault(Fault::CheckpointMissing { sequence }))?;
    let believed = Signed::parse(&found).map_err(|_| Distrust::Unreadable).and_then(|signed| {
        succession.follow(&signed)?;
        Ok(signed)
    });
    believed.map_err(|why| Halt::Fault(Fault::Distrusted { sequence, why }))
}
