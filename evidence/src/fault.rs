//! What verification can find.

use event_store::Position;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::{succession::Distrust, target::TargetError};

/// Evidence against the log, or against its checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The database no longer keeps positions and versions from being given twice.
    #[error("the unique indexes over position, and over stream and version, are not in force")]
    KeysGone,
    /// There is no event at a position.
    #[error("the event at position {position} is missing")]
    Missing {
        /// Where.
        position: Position,
    },
    /// There is an event where none can be.
    #[error("there is an event at position {position} that has no place there")]
    OutOfPlace {
        /// Where.
        position: Position,
    },
    /// An event does not have the hash it should have.
    #[error(
        "the chain breaks at position {position}: the event there is not what it was, or not what followed"
    )]
    ChainBroken {
        /// Where.
        position: Position,
    },
    /// An event was recorded before the one before it.
    #[error("time runs back at position {position}")]
    TimeRunsBack {
        /// Where.
        position: Position,
    },
    /// An event has no predecessor in its stream.
    #[error(
        "the event at position {position} does not follow in its stream: a version is missing or out of order"
    )]
    VersionGap {
        /// Where.
        position: Position,
    },
    /// The view `log_head` does not show the last event.
    #[error("log_head does not show the event at position {position} as it is")]
    HeadDiffers {
        /// What it shows.
        position: Position,
    },
    /// The log ends before a checkpoint does.
    #[error(
        "the log was cut off: from position {position} on nothing is there, and checkpoint {sequence} covers up to {to}"
    )]
    TailCut {
        /// The first that is missing.
        position: Position,
        /// The newest checkpoint.
        sequence: i64,
        /// How far it goes.
        to: Position,
    },
    /// The chain holds, and is not the one that was signed.
    #[error(
        "what is in the log from position {from} to {to} is not what checkpoint {sequence} was signed for: somebody \
         computed the chain anew"
    )]
    Rewritten {
        /// The first checkpoint that the log differs from.
        sequence: i64,
        /// The first position it covers.
        from: Position,
        /// The last position it covers.
        to: Position,
    },
    /// A checkpoint is not believed.
    #[error("checkpoint {sequence} is not to be believed: {why}")]
    Distrusted {
        /// Which.
        sequence: i64,
        /// Why.
        #[serde(flatten)]
        why: Distrust,
    },
    /// A checkpoint is not where it was kept.
    #[error("checkpoint {sequence} is gone from where it was kept")]
    CheckpointMissing {
        /// Which.
        sequence: i64,
    },
    /// The database knows of a checkpoint that is newer than the newest.
    #[error("the newest checkpoint that is kept is {found}, but {noted} was issued: those after it are gone")]
    CheckpointsLost {
        /// The newest that the database knows of.
        noted: i64,
        /// The newest that is kept.
        found: i64,
    },
    /// The database knows the newest checkpoint as another one.
    #[error("checkpoint {sequence} is another one than the database knows")]
    CheckpointDiffers {
        /// Which.
        sequence: i64,
    },
    /// Checkpoints are kept, but none of this log.
    #[error(
        "no checkpoint of this log ({log_id}) is kept, but of {}: if it was restored or imported, \
         `stagedoor audit checkpoint --begin` begins anew",
        listed(known)
    )]
    UnknownLog {
        /// This log.
        log_id: Uuid,
        /// Some of those that checkpoints are kept of.
        known: Vec<Uuid>,
    },
    /// Somebody who followed the log has seen more, or something else.
    #[error("{witness} speaks against the log: {detail}")]
    Contradicted {
        /// Who.
        witness: String,
        /// What they know.
        detail: String,
        /// The first position they speak of, where that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        position: Option<Position>,
    },
}

impl Fault {
    /// The first bad position, where that can be known.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        match *self {
            Self::Missing { position }
            | Self::OutOfPlace { position }
            | Self::ChainBroken { position }
            | Self::TimeRunsBack { position }
            | Self::VersionGap { position }
            | Self::HeadDiffers { position }
            | Self::TailCut { position, .. } => Some(position),
            Self::Contradicted { position, .. } => position,
            Self::KeysGone
            | Self::Rewritten { .. }
            | Self::Distrusted { .. }
            | Self::CheckpointMissing { .. }
            | Self::CheckpointsLost { .. }
            | Self::CheckpointDiffers { .. }
            | Self::UnknownLog { .. } => None,
        }
    }
}

/// A fault as it is told to machines: with the sentence that people are told, and the first bad position where that can
/// be known.
#[derive(Serialize)]
struct Told<'a> {
    says: String,
    first_bad_position: Option<Position>,
    #[serde(flatten)]
    fault: &'a Fault,
}

pub(crate) fn told<S: Serializer>(faults: &[Fault], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(faults.iter().map(|fault| Told {
        says: fault.to_string(),
        first_bad_position: fault.position(),
        fault,
    }))
}

fn listed(ids: &[Uuid]) -> String {
    ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(", ")
}

/// Why it could not be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The log can't be read.
    #[error("the log can't be read: {0}")]
    Log(#[from] sqlx::Error),
    /// The checkpoints can't be read.
    #[error(transparent)]
    Target(#[from] TargetError),
}
