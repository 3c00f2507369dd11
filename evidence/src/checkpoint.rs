//! Checkpoints: what the log was, up to a position, signed.
//!
//! What is signed are the canonical bytes of a checkpoint; they are, in this order, with all integers big-endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 24 | `stagedoor checkpoint v1` and a line feed: the key signs nothing else that begins so |
//! | 16 | the log's id |
//! | 8 | sequence: the number of the checkpoint in this log, from 1, signed |
//! | 8 | the first position it covers, signed |
//! | 8 | the last position it covers, signed |
//! | 32 | the hash in the log's chain at that last position |
//! | 32 | the Merkle root over the hashes of the chain from the first position to the last |
//! | 8 | when it was issued, signed microseconds since 1970-01-01T00:00:00Z |
//! | 32 | the SHA-256 of the canonical bytes of the checkpoint before; zeros before the first |
//! | 32 | the key's name: the SHA-256 of its public half as DER |
//!
//! A checkpoint covers what comes after the one before, so all of them together cover the log up to the newest without
//! a gap, and each of them vouches for all before it: by the chain of the events, and by the chain of checkpoints.

use chrono::{DateTime, SubsecRound, Utc};
use event_store::{Hash, Position};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    hexadecimal,
    key::{KeyError, Signature, SigningKey},
};

/// What canonical bytes begin with.
const BEGINNING: &[u8; 24] = b"stagedoor checkpoint v1\n";
const LENGTH: usize = 200;
/// A file with a checkpoint is far smaller.
pub(crate) const MAX_FILE: u64 = 16 << 10;

/// What the log was, up to a position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Which log.
    pub log_id: Uuid,
    /// The number of this checkpoint, from 1.
    pub sequence: i64,
    /// The first position it covers: the one after the checkpoint before.
    pub from: Position,
    /// The last position it covers.
    pub to: Position,
    /// The hash of the event there.
    #[serde(with = "hexadecimal")]
    pub chain_hash: Hash,
    /// The Merkle root over the hashes of all events it covers.
    #[serde(with = "hexadecimal")]
    pub merkle_root: Hash,
    /// When it was issued, in whole microseconds.
    pub issued_at: DateTime<Utc>,
    /// The [`hash`](Self::hash) of the checkpoint before; zeros before the first.
    #[serde(with = "hexadecimal")]
    pub previous: Hash,
    /// Which key signed it.
    #[serde(with = "hexadecimal")]
    pub key_id: Hash,
}

impl Checkpoint {
    /// The bytes that are signed.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(BEGINNING);
        bytes.extend_from_slice(self.log_id.as_bytes());
        for number in [self.sequence, self.from, self.to] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&self.chain_hash);
        bytes.extend_from_slice(&self.merkle_root);
        bytes.extend_from_slice(&self.issued_at.timestamp_micros().to_be_bytes());
        bytes.extend_from_slice(&self.previous);
        bytes.extend_from_slice(&self.key_id);
        bytes
    }

    /// What the next checkpoint names it by.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.canonical()).into()
    }

    /// How many events it covers.
    #[must_use]
    pub fn size(&self) -> u64 {
        u64::try_from(self.to.saturating_sub(self.from).saturating_add(1)).unwrap_or(0)
    }
}

/// A checkpoint and its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// The signature under its canonical bytes.
    #[serde(with = "hexadecimal")]
    pub signature: Signature,
}

impl Signed {
    /// Signs a checkpoint, in the name of the key.
    ///
    /// # Errors
    /// The cryptography library refused to work.
    pub fn new(checkpoint: &Checkpoint, key: &SigningKey) -> Result<Self, KeyError> {
        let issued_at = checkpoint.issued_at.trunc_subsecs(6);
        let checkpoint = Checkpoint { key_id: key.public().id(), issued_at, ..checkpoint.clone() };
        let signature = key.sign(&checkpoint.canonical())?;
        Ok(Self { checkpoint, signature })
    }

    /// Reads what [`to_json`](Self::to_json) wrote. A time finer than what is signed is refused: it would show
    /// something that nobody signed.
    ///
    /// # Errors
    /// It is something else.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let signed: Self = serde_json::from_slice(json)?;
        let issued_at = signed.checkpoint.issued_at;
        if issued_at.trunc_subsecs(6) == issued_at {
            return Ok(signed);
        }
        Err(serde::de::Error::custom("issued_at is finer than a microsecond"))
    }

    /// As it is kept: JSON, for people, too.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers, ids and texts can always be written.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn key() -> SigningKey {
        SigningKey::from_pem(SigningKey::generate().unwrap().as_bytes()).unwrap()
    }

    pub(crate) fn checkpoint() -> Checkpoint {
        Checkpoint {
            log_id: Uuid::from_u128(7),
            sequence: 1,
            from: 1,
            to: 5,
            chain_hash: [1; 32],
            merkle_root: [2; 32],
            issued_at: DateTime::from_timestamp_micros(1_000_001).unwrap(),
            previous: [0; 32],
            key_id: [3; 32],
        }
    }

    #[test]
    fn the_bytes_are_those_documented() {
        let bytes: Vec<u8> = [
            &b"stagedoor checkpoint v1\n"[..],
            &7u128.to_be_bytes(),
            &1i64.to_be_bytes(),
            &1i64.to_be_bytes(),
            &5i64.to_be_bytes(),
            &[1; 32],
            &[2; 32],
            &1_000_001i64.to_be_bytes(),
            &[0; 32],
            &[3; 32],
        ]
        .concat();
        assert_eq!(checkpoint().canonical(), bytes);
        assert_eq!(bytes.len(), LENGTH);
        assert_eq!(checkpoint().hash(), <Hash>::from(Sha256::digest(&bytes)));
    }

    #[test]
    fn it_is_read_as_it_was_written_and_signed_in_its_keys_name() {
        let key = key();
        let signed = Signed::new(&checkpoint(), &key).unwrap();
        assert_eq!(Signed::parse(signed.to_json().as_bytes()).unwrap(), signed);
        assert_eq!(signed.checkpoint.key_id, key.public().id());
        assert!(key.public().has_signed(&signed.checkpoint.canonical(), &signed.signature));
    }

    #[test]
    fn what_nobody_signed_is_not_shown() {
        let json = Signed::new(&checkpoint(), &key()).unwrap().to_json();
        let finer = json.replace("00:00:01.000001Z", "00:00:01.000001999Z");
        let more = json.replacen("\"sequence\"", "\"remark\": \"all is well\", \"sequence\"", 1);
        for wrong in [finer, more, json.replace("0202", "02 2"), "{}".to_owned()] {
            assert_ne!(wrong, json);
            assert!(Signed::parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
