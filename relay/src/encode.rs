//! Events as messages.

use async_nats::{
    HeaderMap, HeaderName, HeaderValue, Subject,
    header::{NATS_EXPECTED_LAST_SEQUENCE, NATS_EXPECTED_STREAM},
};
use bytes::Bytes;
use chrono::SecondsFormat;
use data_encoding::HEXLOWER;
use event_store::{Position, RecordedEvent};
use faultpoint::{Sabotage, sabotaged};
use uuid::Uuid;

use crate::error::RelayError;

/// The names of our headers.
pub(crate) mod header {
    pub(crate) const LOG_ID: &str = "Stagedoor-Log-Id";
    pub(crate) const HASH: &str = "Stagedoor-Hash";
    pub(crate) const STUB: &str = "Stagedoor-Stub";
    pub(crate) const EVENT_ID: &str = "ce-id";
    pub(crate) const TYPE: &str = "ce-type";
    pub(crate) const TIME: &str = "ce-time";
    pub(crate) const SUBJECT: &str = "ce-subject";
    pub(crate) const SOURCE: &str = "ce-source";
    pub(crate) const SPEC_VERSION: &str = "ce-specversion";
    pub(crate) const CONTENT_TYPE: &str = "content-type";
}

/// More than our headers ever take, which count towards the server's payload limit.
const HEADERS_AT_MOST: usize = 2_048;

/// A message ready to be sent.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) position: Position,
    pub(crate) subject: Subject,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Bytes,
}

/// Makes messages of events, for one stream and one log.
#[derive(Debug)]
pub(crate) struct Encoder {
    subject_prefix: String,
    /// What is the same in every message.
    common: HeaderMap,
    /// What the server takes, headers included, in bytes.
    max_payload: usize,
}

impl Encoder {
    pub(crate) fn new(stream: &str, subject_prefix: &str, log_id: Uuid, max_payload: usize) -> Self {
        let mut common = HeaderMap::new();
        common.insert(NATS_EXPECTED_STREAM, stream);
        common.insert(HeaderName::from_static(header::LOG_ID), log_id.to_string());
        common.insert(HeaderName::from_static(header::SOURCE), format!("urn:stagedoor:log:{log_id}"));
        common.insert(HeaderName::from_static(header::SPEC_VERSION), "1.0");
        common.insert(HeaderName::from_static(header::CONTENT_TYPE), "application/json");
        // Reserves their places: a clone keeps the table's size, and inserting replaces.
        for name in [header::EVENT_ID, header::TYPE, header::TIME, header::SUBJECT, header::HASH] {
            common.insert(HeaderName::from_static(name), HeaderValue::new());
        }
        common.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::new());
        Self { subject_prefix: subject_prefix.to_owned(), common, max_payload }
    }

    /// The event as a message; without its payload where the server would not take it.
    pub(crate) fn encode(&self, event: &RecordedEvent) -> Result<Outgoing, RelayError> {
        let recorded_at = event.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let mut headers = self.headers(event, &recorded_at)?;
        let mut payload = body(event, &recorded_at, true)?;
        if payload.len() + HEADERS_AT_MOST > self.max_payload {
            headers.insert(HeaderName::from_static(header::STUB), "true");
            payload = body(event, &recorded_at, false)?;
        }
        Ok(Outgoing {
            position: event.position,
            subject: self.subject(event)?,
            headers,
            payload: payload.into(),
        })
    }

    /// `<prefix>.<category>.<id>.<type>`
    fn subject(&self, event: &RecordedEvent) -> Result<Subject, RelayError> {
        let (category, id) = event.stream_id.split_once('-').ok_or(RelayError::Unnameable(event.position))?;
        let tokens = [category, id, &event.event_type];
        if tokens.iter().any(|token| token.is_empty() || !token.bytes().all(is_plain)) {
            return Err(RelayError::Unnameable(event.position));
        }
        Ok(format!("{}.{category}.{id}.{}", self.subject_prefix, event.event_type).into())
    }

    fn headers(&self, event: &RecordedEvent, recorded_at: &str) -> Result<HeaderMap, RelayError> {
        let value =
            |text: &str| text.parse::<HeaderValue>().map_err(|_| RelayError::Unnameable(event.position));
        let mut headers = self.common.clone();
        if !sabotaged(Sabotage::RelayWithoutExpectedSequence) {
            headers.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(event.position - 1));
        }
        headers.insert(HeaderName::from_static(header::EVENT_ID), event.event_id.to_string());
        headers.insert(HeaderName::from_static(header::TYPE), value(&event.event_type)?);
        headers.insert(HeaderName::from_static(header::TIME), recorded_at);
        headers.insert(HeaderName::from_static(header::SUBJECT), value(&event.stream_id)?);
        headers.insert(HeaderName::from_static(header::HASH), HEXLOWER.encode(&event.hash.0));
        Ok(headers)
    }
}

/// What may stand in one token of a subject.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Written by hand, because payload and metadata are JSON already and their exact bytes are what was hashed.
fn body(event: &RecordedEvent, recorded_at: &str, with_data: bool) -> Result<Vec<u8>, RelayError> {
    let unnameable = |_| RelayError::Unnameable(event.position);
    let data = if with_data { event.data.as_str() } else { "" };
    let mut body = Vec::with_capacity(data.len() + event.metadata.len() + 320);
    body.extend_from_slice(b"{\"position\":");
    serde_json::to_writer(&mut body, &event.position).map_err(unnameable)?;
    body.extend_from_slice(b",\"stream_id\":");
    serde_json::to_writer(&mut body, &event.stream_id).map_err(unnameable)?;
    body.extend_from_slice(b",\"version\":");
    serde_json::to_writer(&mut body, &event.version).map_err(unnameable)?;
    body.extend_from_slice(b",\"event_id\":");
    serde_json::to_writer(&mut body, &event.event_id).map_err(unnameable)?;
    body.extend_from_slice(b",\"type\":");
    serde_json::to_writer(&mut body, &event.event_type).map_err(unnameable)?;
    if with_data {
        body.extend_from_slice(b",\"data\":");
        body.extend_from_slice(data.as_bytes());
    }
    body.extend_from_slice(b",\"metadata\":");
    body.extend_from_slice(event.metadata.as_bytes());
    body.extend_from_slice(b",\"recorded_at\":");
    serde_json::to_writer(&mut body, recorded_at).map_err(unnameable)?;
    body.push(b'}');
    Ok(body)
}

#[cfg(test)]
mod tests;
