//! The bytes that are hashed.
//!
//! `hash = SHA-256(previous hash ‖ canonical bytes)`; the hash before the first event is 32 zero bytes. The canonical
//! bytes of an event are, in this order, with all integers big-endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | position, signed |
//! | 8 | version, signed |
//! | 8 | `recorded_at`, signed microseconds since 1970-01-01T00:00:00Z |
//! | 16 | event id |
//! | 4 + n | length of the stream id in bytes (unsigned), then the stream id in UTF-8 |
//! | 4 + n | the type, likewise |
//! | 4 + n | the payload, likewise, exactly as stored |
//! | 4 + n | the metadata, likewise, exactly as stored |
//!
//! Lengths come before texts, so no two events have the same bytes.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::record::{Hash, Position};

/// The hash that the first event follows.
pub const GENESIS: Hash = [0; 32];

/// What of an event is hashed: everything but the hash.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a> {
    /// Place in the log.
    pub position: Position,
    /// Stream.
    pub stream_id: &'a str,
    /// Place in the stream.
    pub version: i64,
    /// Its own name.
    pub event_id: Uuid,
    /// Type.
    pub event_type: &'a str,
    /// When, in whole microseconds.
    pub recorded_at: DateTime<Utc>,
    /// Payload.
    pub data: &'a str,
    /// Metadata.
    pub metadata: &'a str,
}

/// The same as bytes that nobody has vouched for: they need not be text, nor a time that a calendar knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawFields<'a> {
    /// Place in the log.
    pub position: Position,
    /// Stream.
    pub stream_id: &'a [u8],
    /// Place in the stream.
    pub version: i64,
    /// Its own name.
    pub event_id: [u8; 16],
    /// Type.
    pub event_type: &'a [u8],
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub recorded_at: i64,
    /// Payload.
    pub data: &'a [u8],
    /// Metadata.
    pub metadata: &'a [u8],
}

impl<'a> From<&Fields<'a>> for RawFields<'a> {
    fn from(event: &Fields<'a>) -> Self {
        Self {
            position: event.position,
            stream_id: event.stream_id.as_bytes(),
            version: event.version,
            event_id: *event.event_id.as_bytes(),
            event_type: event.event_type.as_bytes(),
            recorded_at: event.recorded_at.timestamp_micros(),
            data: event.data.as_bytes(),
            metadata: event.metadata.as_bytes(),
        }
    }
}

/// The hash of an event that follows the one whose hash is `previous`.
#[must_use]
pub fn hash(previous: &Hash, event: &Fields<'_>) -> Hash {
    hash_raw(previous, &event.into())
}

/// The same of bytes that nobody has vouched for.
#[must_use]
pub fn hash_raw(previous: &Hash, event: &RawFields<'_>) -> Hash {
    let mut digest = Sha256::new();
    digest.update(previous);
    digest.update(event.position.to_be_bytes());
    digest.update(event.version.to_be_bytes());
    digest.update(event.recorded_at.to_be_bytes());
    digest.update(event.event_id);
    for text in [event.stream_id, event.event_type, event.data, event.metadata] {
        // Texts are bounded far below 4 GiB: an event is at most 256 KiB.
        digest.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        digest.update(text);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Fields<'static> {
        Fields {
            position: 1,
            stream_id: "order-x",
            version: 1,
            event_id: Uuid::from_u128(1),
            event_type: "OrderPlaced",
            recorded_at: DateTime::UNIX_EPOCH,
            data: r#"{"a":1}"#,
            metadata: "{}",
        }
    }

    /// Computed independently: `printf … | sha256sum` over the table in the module's documentation.
    #[test]
    fn the_hash_is_the_one_documented() {
        let bytes: Vec<u8> = [
            &[0u8; 32][..],
            &1i64.to_be_bytes(),
            &1i64.to_be_bytes(),
            &0i64.to_be_bytes(),
            &1u128.to_be_bytes(),
            b"\x00\x00\x00\x07order-x",
            b"\x00\x00\x00\x0bOrderPlaced",
            b"\x00\x00\x00\x07{\"a\":1}",
            b"\x00\x00\x00\x02{}",
        ]
        .concat();
        assert_eq!(hash(&GENESIS, &fields()), <[u8; 32]>::from(Sha256::digest(bytes)));
    }

    #[test]
    fn moving_a_byte_from_one_field_to_the_next_changes_the_hash() {
        let moved = Fields { stream_id: "order-xO", event_type: "rderPlaced", ..fields() };
        assert_ne!(hash(&GENESIS, &fields()), hash(&GENESIS, &moved));
    }
}
