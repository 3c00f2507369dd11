//! Proving that an event is in the log.

use event_store::{LogReader, Position, RawEvent};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use crate::{
    checkpoint::{Checkpoint, Signed},
    fault::{Fault, VerifyError},
    key::TrustedKeys,
    merkle::Tree,
    proof::{Event, Proof, ProofFault},
    succession::{Distrust, vouched},
    target::Target,
    walk::{Stop, Walk},
};

/// Why an event can't be proven.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// No checkpoint covers it.
    #[error("no checkpoint covers position {position} yet: the newest goes as far as {covered}")]
    NotCovered {
        /// The event's position.
        position: Position,
        /// How far the newest checkpoint goes; 0 without any.
        covered: Position,
    },
    /// Something speaks against the log, or against the checkpoint.
    #[error(transparent)]
    Fault(Fault),
    /// The event holds what is no text, which no program of ours wrote.
    #[error(transparent)]
    Proof(#[from] ProofFault),
    /// Log or checkpoints can't be read.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

impl From<Stop> for ProveError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fault(fault) => Self::Fault(fault),
            Stop::Log(error) => Self::Verify(error.into()),
        }
    }
}

/// The proof that the event at a position is in the log, by the checkpoint that covers it. It was checked.
///
/// # Errors
/// See [`ProveError`].
pub async fn prove(
    database: &PgConnectOptions,
    position: Position,
    target: &Target,
    keys: &TrustedKeys,
) -> Result<Proof, ProveError> {
    let mut log = LogReader::new(database.clone(), "prove");
    let head = log.head().await.map_err(VerifyError::from)?;
    let signed = covering(target, keys, head.log_id, position).await?;
    let checkpoint = &signed.checkpoint;
    let mut walk = Walk::behind(&mut log, checkpoint.from - 1, None).await?;
    let mut tree = Tree::proving(u64::try_from(position - checkpoint.from).unwrap_or(u64::MAX));
    let mut found = None;
    walk.to(
        &mut log,
        checkpoint.to,
        &mut |step| {
            tree.push(&step.hash);
            if step.event.fields.position == position {
                found = readable(step.event).map(|event| (event, step.previous));
            }
        },
        &mut |_| {},
    )
    .await?;
    let (event, previous) = found.ok_or_else(|| ProofFault::Unreadable("the event is no text".to_owned()))?;
    let path = tree.finish().map(|(_, path)| path).unwrap_or_default();
    let proof = Proof::new(event, previous, path, signed);
    if proof.check(keys).is_ok() {
        return Ok(proof);
    }
    // It is signed, and covers the position: so it is the tree.
    let Checkpoint { sequence, from, to, .. } = proof.signed.checkpoint;
    Err(ProveError::Fault(Fault::Rewritten { sequence, from, to }))
}

/// The checkpoint that covers a position: they cover the log one after the other, so it is searched for by halves.
async fn covering(
    target: &Target,
    keys: &TrustedKeys,
    log_id: Uuid,
    position: Position,
) -> Result<Signed, ProveError> {
    let (mut low, mut high, mut covered) = (1, target.newest(log_id, 0).await.map_err(VerifyError::from)?, 0);
    while low <= high {
        let sequence = low + (high - low) / 2;
        let signed = read(target, keys, log_id, sequence).await?;
        covered = covered.max(signed.checkpoint.to);
        if signed.checkpoint.from > position {
            high = sequence - 1;
        } else if signed.checkpoint.to < position {
            low = sequence + 1;
        } else {
            return Ok(signed);
        }
    }
    Err(ProveError::NotCovered { position, covered })
}

async fn read(
    target: &Target,
    keys: &TrustedKeys,
    log_id: Uuid,
    sequence: i64,
) -> Result<Signed, ProveError> {
    let found = target.read(log_id, sequence).await.map_err(VerifyError::from)?;
    let found = found.ok_or(ProveError::Fault(Fault::CheckpointMissing { sequence }))?;
    let signed = Signed::parse(&found).map_err(|_| Distrust::Unreadable);
    let signed = signed.and_then(|signed| vouched(log_id, sequence, &signed, keys).map(|_| signed));
    signed.map_err(|why| ProveError::Fault(Fault::Distrusted { sequence, why }))
}

/// With all that is hashed; `None` where it holds what no program of ours wrote.
fn readable(event: &RawEvent<'_>) -> Option<Event> {
    let fields = &event.fields;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    Some(Event {
        position: fields.position,
        stream_id: text(fields.stream_id)?,
        version: fields.version,
        event_id: Uuid::from_bytes(fields.event_id),
        event_type: text(fields.event_type)?,
        recorded_at: chrono::DateTime::from_timestamp_micros(fields.recorded_at)?,
        data: text(fields.data)?,
        metadata: text(fields.metadata)?,
    })
}
