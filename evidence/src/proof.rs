//! Proofs: that one event was in the log when a checkpoint was signed, checked without database and network.

use chrono::{DateTime, SubsecRound, Utc};
use event_store::{
    Hash, Position,
    canonical::{self, Fields},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    checkpoint::{Checkpoint, Signed},
    hexadecimal,
    key::{PublicKey, TrustedKeys},
    merkle,
};

/// What the file says that it is.
const FORMAT: &str = "stagedoor proof v1";

/// A proof, as it is written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    format: String,
    /// The event, with everything that is hashed.
    pub event: Event,
    /// The hash of the event before it.
    #[serde(with = "hexadecimal")]
    pub previous_hash: Hash,
    /// What it takes to get from its own hash to the Merkle root, from the bottom to the top.
    #[serde(with = "hexadecimal::list")]
    pub path: Vec<Hash>,
    /// The checkpoint that covers it.
    pub signed: Signed,
}

/// An event, with everything that is hashed. Payload and metadata are texts, not objects: their bytes count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Place in the log.
    pub position: Position,
    /// Stream.
    pub stream_id: String,
    /// Place in the stream.
    pub version: i64,
    /// Its own name.
    pub event_id: Uuid,
    /// Type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// When, in whole microseconds.
    pub recorded_at: DateTime<Utc>,
    /// Payload.
    pub data: String,
    /// Metadata.
    pub metadata: String,
}

impl Event {
    fn hash(&self, previous: &Hash) -> Hash {
        let fields = Fields {
            position: self.position,
            stream_id: &self.stream_id,
            version: self.version,
            event_id: self.event_id,
            event_type: &self.event_type,
            recorded_at: self.recorded_at,
            data: &self.data,
            metadata: &self.metadata,
        };
        canonical::hash(previous, &fields)
    }
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// It is something else.
    #[error("this is no proof: {0}")]
    Unreadable(String),
    /// It holds a time finer than what is hashed or signed.
    #[error("this is no proof: it holds a time finer than a microsecond, which nobody can have signed")]
    TooFine,
    /// The checkpoint does not cover the event.
    #[error("the checkpoint covers the positions {from} to {to}, and the event stands at {position}")]
    NotCovered {
        /// The event's position.
        position: Position,
        /// The first that is covered.
        from: Position,
        /// The last that is covered.
        to: Position,
    },
    /// The key that signed is not among the trusted.
    #[error("the checkpoint is signed by a key that is not trusted")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the signature is not that of the checkpoint")]
    Forged,
    /// The event is not what the checkpoint covers.
    #[error("the event is not in the tree that was signed")]
    NotInTree,
}

/// What a proof proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proven {
    /// The event.
    pub event: Event,
    /// Its hash in the log's chain.
    #[serde(with = "hexadecimal")]
    pub hash: Hash,
    /// The checkpoint it was in the log for.
    pub checkpoint: Checkpoint,
}

impl Proof {
    /// Puts a proof together; whether it proves anything, [`check`](Self::check) says.
    #[must_use]
    pub fn new(event: Event, previous_hash: Hash, path: Vec<Hash>, signed: Signed) -> Self {
        Self { format: FORMAT.to_owned(), event, previous_hash, path, signed }
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// It is something else.
    pub fn parse(json: &[u8]) -> Result<Self, ProofFault> {
        let proof: Self =
            serde_json::from_slice(json).map_err(|error| ProofFault::Unreadable(error.to_string()))?;
        if proof.format != FORMAT {
            return Err(ProofFault::Unreadable(format!("its format is not {FORMAT:?}")));
        }
        Ok(proof)
    }

    /// As it is written to a file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers, ids and texts can always be written.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// What it proves to somebody who trusts these keys.
    ///
    /// # Errors
    /// It proves nothing.
    pub fn check(&self, keys: &TrustedKeys) -> Result<Proven, ProofFault> {
        let checkpoint = &self.signed.checkpoint;
        if [self.event.recorded_at, checkpoint.issued_at].iter().any(|time| time.trunc_subsecs(6) != *time) {
            return Err(ProofFault::TooFine);
        }
        let (_, key) = keys.find(&checkpoint.key_id).ok_or(ProofFault::UnknownKey)?;
        self.is_signed_by(key)?;
        let hash = self.event.hash(&self.previous_hash);
        self.is_in_tree(&hash)?;
        Ok(Proven { event: self.event.clone(), hash, checkpoint: checkpoint.clone() })
    }

    fn is_signed_by(&self, key: &PublicKey) -> Result<(), ProofFault> {
        let bytes = self.signed.checkpoint.canonical();
        if key.has_signed(&bytes, &self.signed.signature) { Ok(()) } else { Err(ProofFault::Forged) }
    }

    fn is_in_tree(&self, hash: &Hash) -> Result<(), ProofFault> {
        let Checkpoint { from, to, .. } = self.signed.checkpoint;
        let position = self.event.position;
        if position < from || position > to {
            return Err(ProofFault::NotCovered { position, from, to });
        }
        let index = u64::try_from(position - from).map_err(|_| ProofFault::NotInTree)?;
        let root = merkle::root_by_path(hash, index, self.signed.checkpoint.size(), &self.path);
        if root == Some(self.signed.checkpoint.merkle_root) { Ok(()) } else { Err(ProofFault::NotInTree) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        checkpoint::tests::{checkpoint, key},
        merkle::Tree,
    };

    fn event(position: Position) -> Event {
        Event {
            position,
            stream_id: format!("order-{position}"),
            version: 1,
            event_id: Uuid::from_u128(9),
            event_type: "OrderPlaced".to_owned(),
            recorded_at: DateTime::UNIX_EPOCH,
            data: r#"{"seats": ["A-1", "A-2"]}"#.to_owned(),
            metadata: "{}".to_owned(),
        }
    }

    type Change = (&'static str, fn(&mut Proof));

    /// A log of seven events, of which the last five are covered.
    fn proof(of: Position) -> (Proof, TrustedKeys) {
        let (mut hash, mut previous, mut tree) =
            ([0; 32], [0; 32], Tree::proving(u64::try_from(of - 3).unwrap()));
        for position in 1..=7 {
            if position == of {
                previous = hash;
            }
            hash = event(position).hash(&hash);
            if position >= 3 {
                tree.push(&hash);
            }
        }
        let (merkle_root, path) = tree.finish().unwrap();
        let key = key();
        let covering = Checkpoint { from: 3, to: 7, chain_hash: hash, merkle_root, ..checkpoint() };
        let signed = Signed::new(&covering, &key).unwrap();
        (Proof::new(event(of), previous, path, signed), (*key.public()).into())
    }

    #[test]
    fn every_event_that_is_covered_can_be_proven() {
        for position in 3..=7 {
            let (proof, keys) = proof(position);
            let read = Proof::parse(proof.to_json().as_bytes()).unwrap();
            assert_eq!(read.check(&keys).unwrap().event, event(position));
        }
    }

    #[test]
    fn nothing_in_the_file_can_be_changed() {
        let (proof, keys) = proof(5);
        let changes: Vec<Change> = vec![
            ("data", |proof| proof.event.data = proof.event.data.replace("A-2", "A-3")),
            ("blank", |proof| proof.event.data.push(' ')),
            ("metadata", |proof| proof.event.metadata = r#"{"a":1}"#.to_owned()),
            ("type", |proof| proof.event.event_type = "OrderExpired".to_owned()),
            ("stream", |proof| proof.event.stream_id = "order-6".to_owned()),
            ("version", |proof| proof.event.version = 2),
            ("id", |proof| proof.event.event_id = Uuid::from_u128(8)),
            ("time", |proof| proof.event.recorded_at += chrono::TimeDelta::microseconds(1)),
            ("finer time", |proof| proof.event.recorded_at += chrono::TimeDelta::nanoseconds(1)),
            ("position", |proof| proof.event.position = 6),
            ("previous", |proof| proof.previous_hash[0] ^= 1),
            ("path", |proof| proof.path[1][0] ^= 1),
            ("shorter path", |proof| proof.path.truncate(2)),
            ("signature", |proof| proof.signed.signature[0] ^= 1),
            ("log", |proof| proof.signed.checkpoint.log_id = Uuid::from_u128(8)),
            ("sequence", |proof| proof.signed.checkpoint.sequence = 2),
            ("from", |proof| proof.signed.checkpoint.from = 4),
            ("to", |proof| proof.signed.checkpoint.to = 8),
            ("chain", |proof| proof.signed.checkpoint.chain_hash[0] ^= 1),
            ("root", |proof| proof.signed.checkpoint.merkle_root[0] ^= 1),
            ("issued", |proof| proof.signed.checkpoint.issued_at += chrono::TimeDelta::microseconds(1)),
            ("before", |proof| proof.signed.checkpoint.previous[0] ^= 1),
            ("key", |proof| proof.signed.checkpoint.key_id[0] ^= 1),
        ];
        for (what, change) in changes {
            let mut other = proof.clone();
            change(&mut other);
            assert_ne!(other, proof, "{what}");
            assert!(other.check(&keys).is_err(), "{what}");
        }
    }

    #[test]
    fn a_proof_by_a_key_that_is_not_trusted_proves_nothing() {
        let (proof, _) = proof(5);
        assert_eq!(proof.check(&(*key().public()).into()), Err(ProofFault::UnknownKey));
    }

    #[test]
    fn what_is_no_proof_is_refused() {
        let (proof, _) = proof(5);
        let json = proof.to_json();
        for wrong in
            [json.replace("proof v1", "proof v2"), json.replacen('{', "{\"more\": 1,", 1), String::new()]
        {
            assert!(matches!(Proof::parse(wrong.as_bytes()), Err(ProofFault::Unreadable(_))), "{wrong}");
        }
    }
}
