//! One checkpoint after the other: whether each is signed, and follows from the one before.

use chrono::{DateTime, Utc};
use event_store::{Hash, Position};
use faultpoint::{Sabotage, sabotaged};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    checkpoint::{Checkpoint, Signed},
    hexadecimal,
    key::TrustedKeys,
};

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Distrust {
    /// What lies there is something else.
    #[error("it can't be read")]
    Unreadable,
    /// It is of another log.
    #[error("it is of another log")]
    AnotherLog,
    /// It says that it is another one.
    #[error("it says that it is number {claimed}")]
    AnotherSequence {
        /// Which one it says.
        claimed: i64,
    },
    /// The key that signed it is not among the trusted.
    #[error("it is signed by a key that is not trusted: {}", data_encoding::HEXLOWER.encode(key_id))]
    UnknownKey {
        /// Which key.
        #[serde(with = "hexadecimal")]
        key_id: Hash,
    },
    /// The key that signed it had been replaced by another.
    #[error("it is signed by a key that had been retired: {}", data_encoding::HEXLOWER.encode(key_id))]
    RetiredKey {
        /// Which key.
        #[serde(with = "hexadecimal")]
        key_id: Hash,
    },
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Forged,
    /// It does not name the one before.
    #[error("it does not follow the one before")]
    NotASuccessor,
    /// It does not begin where the one before ended, or ends before it begins.
    #[error("it does not cover what comes after the one before")]
    Gap,
    /// It was issued before the one before.
    #[error("it was issued earlier than the one before")]
    TimeRunsBack,
}

/// As far as checkpoints have been followed.
#[derive(Debug)]
pub(crate) struct Succession<'a> {
    log_id: Uuid,
    keys: &'a TrustedKeys,
    last: Last,
}

/// What the next one must follow from.
#[derive(Debug)]
struct Last {
    sequence: i64,
    to: Position,
    hash: Hash,
    issued_at: DateTime<Utc>,
    /// The place of its key among the trusted.
    rank: usize,
}

impl<'a> Succession<'a> {
    /// Before the first.
    pub(crate) const fn new(log_id: Uuid, keys: &'a TrustedKeys) -> Self {
        let last = Last { sequence: 0, to: 0, hash: [0; 32], issued_at: DateTime::<Utc>::MIN_UTC, rank: 0 };
        Self { log_id, keys, last }
    }

    /// The next one.
    pub(crate) fn follow(&mut self, signed: &Signed) -> Result<(), Distrust> {
        let next = &signed.checkpoint;
        let rank = vouched(self.log_id, self.last.sequence + 1, signed, self.keys)?;
        if rank < self.last.rank {
            return Err(Distrust::RetiredKey { key_id: next.key_id });
        }
        if next.previous != self.last.hash {
            return Err(Distrust::NotASuccessor);
        }
        if next.from != self.last.to + 1 || next.to < next.from {
            return Err(Distrust::Gap);
        }
        if next.issued_at < self.last.issued_at {
            return Err(Distrust::TimeRunsBack);
        }
        let Checkpoint { sequence, to, issued_at, .. } = *next;
        self.last = Last { sequence, to, hash: next.hash(), issued_at, rank };
        Ok(())
    }
}

/// Whether it is the checkpoint of that number of that log, and signed by one of the keys: its place among them.
pub(crate) fn vouched(
    log_id: Uuid,
    sequence: i64,
    signed: &Signed,
    keys: &TrustedKeys,
) -> Result<usize, Distrust> {
    let checkpoint = &signed.checkpoint;
    if checkpoint.log_id != log_id {
        return Err(Distrust::AnotherLog);
    }
    if checkpoint.sequence != sequence {
        return Err(Distrust::AnotherSequence { claimed: checkpoint.sequence });
    }
    let key_id = checkpoint.key_id;
    let (rank, key) = keys.find(&key_id).ok_or(Distrust::UnknownKey { key_id })?;
    let signature_holds = key.has_signed(&checkpoint.canonical(), &signed.signature);
    if signature_holds || sabotaged(Sabotage::AnySignatureWillDo) { Ok(rank) } else { Err(Distrust::Forged) }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        checkpoint::tests::{checkpoint, key},
        key::SigningKey,
    };

    type Change = (fn(&mut Checkpoint), Distrust);

    /// Three of them, five events each.
    fn three(keys: [&SigningKey; 3]) -> Vec<Signed> {
        let mut next = checkpoint();
        let sign = |key: &SigningKey| {
            let signed = Signed::new(&next, key).unwrap();
            let last = &signed.checkpoint;
            let (sequence, from, to) = (last.sequence + 1, last.to + 1, last.to + 5);
            next = Checkpoint { sequence, from, to, previous: last.hash(), ..last.clone() };
            signed
        };
        keys.map(sign).into()
    }

    fn followed(signed: &[Signed], keys: &TrustedKeys) -> Result<(), Distrust> {
        let mut succession = Succession::new(checkpoint().log_id, keys);
        signed.iter().try_for_each(|signed| succession.follow(signed))
    }

    #[test]
    fn a_key_may_be_replaced_by_the_next_and_never_comes_back() {
        let (old, new) = (key(), key());
        let keys = TrustedKeys::from(*old.public()).and(*new.public());
        assert_eq!(followed(&three([&old, &new, &new]), &keys), Ok(()));
        let retired = Distrust::RetiredKey { key_id: old.public().id() };
        assert_eq!(followed(&three([&old, &new, &old]), &keys), Err(retired));
        let unknown = Distrust::UnknownKey { key_id: new.public().id() };
        assert_eq!(followed(&three([&old, &new, &new]), &(*old.public()).into()), Err(unknown));
    }

    #[test]
    fn each_must_follow_from_the_one_before_even_if_it_is_signed() {
        let key = key();
        let keys = TrustedKeys::from(*key.public());
        let changes: Vec<Change> = vec![
            (|next| next.log_id = Uuid::from_u128(8), Distrust::AnotherLog),
            (|next| next.sequence = 3, Distrust::AnotherSequence { claimed: 3 }),
            (|next| next.previous = [9; 32], Distrust::NotASuccessor),
            (|next| next.from = 7, Distrust::Gap),
            (|next| next.to = 5, Distrust::Gap),
            (|next| next.issued_at -= TimeDelta::microseconds(1), Distrust::TimeRunsBack),
        ];
        for (change, expected) in changes {
            let mut signed = three([&key, &key, &key]);
            change(&mut signed[1].checkpoint);
            signed[1] = Signed::new(&signed[1].checkpoint, &key).unwrap();
            assert_eq!(followed(&signed, &keys), Err(expected));
        }
    }

    #[test]
    fn a_signature_of_something_else_is_refused() {
        let key = key();
        let mut signed = three([&key, &key, &key]);
        signed[1].checkpoint.merkle_root = [9; 32];
        assert_eq!(followed(&signed, &(*key.public()).into()), Err(Distrust::Forged));
    }
}
