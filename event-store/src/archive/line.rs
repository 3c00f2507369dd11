//! Lines, written and read.

use std::{borrow::Cow, io::Write};

use chrono::{DateTime, SecondsFormat, Utc};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::begin::{Begin, End, Format};
use crate::{
    hexadecimal,
    record::{Hash, HashColumn, Position, RecordedEvent},
};

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The first.
    Begin(Begin),
    /// One in between.
    Event(Box<RecordedEvent>),
    /// The last.
    End(End),
}

/// Why an event can't be written as a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("event {0} holds a line break between its fields, which Stagedoor does not write: somebody else did")]
pub struct Unwritable(pub Position);

/// Why a line can't be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is neither an event nor a first or last line.
    #[error("no line of an export: {0}")]
    Foreign(#[from] serde_json::Error),
    /// A newer program wrote it.
    #[error("an export in a form that this program does not know: run the newer program")]
    Newer,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Frame {
    Export(Begin),
    End(End),
}

/// The first line, of whatever form.
#[derive(Deserialize)]
struct Form {
    export: Format,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine<'a> {
    position: Position,
    #[serde(borrow)]
    stream_id: Cow<'a, str>,
    version: i64,
    event_id: Uuid,
    #[serde(borrow, rename = "type")]
    event_type: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(borrow)]
    metadata: &'a RawValue,
    recorded_at: DateTime<Utc>,
    #[serde(with = "hexadecimal")]
    hash: Hash,
}

/// Reads a line, without its break.
///
/// # Errors
/// See [`Unreadable`].
pub fn read_line(line: &[u8]) -> Result<Line, Unreadable> {
    if line.starts_with(b"{\"position\"") {
        return Ok(Line::Event(Box::new(serde_json::from_slice::<EventLine<'_>>(line)?.into())));
    }
    // Of a newer form only that is known: what else it says may be anything.
    if serde_json::from_slice::<Form>(line).is_ok_and(|form| !form.export.is_known()) {
        return Err(Unreadable::Newer);
    }
    match serde_json::from_slice(line)? {
        Frame::Export(begin) => Ok(Line::Begin(begin)),
        Frame::End(end) => Ok(Line::End(end)),
    }
}

/// Writes an event and its line break. By hand, because payload and metadata are JSON already and their exact bytes are
/// what was hashed.
///
/// # Errors
/// The event has a line break of its own.
pub fn write_event(event: &RecordedEvent, into: &mut Vec<u8>) -> Result<(), Unwritable> {
    if [&event.data, &event.metadata].iter().any(|text| text.contains(['\n', '\r'])) {
        return Err(Unwritable(event.position));
    }
    write(event, into).map_err(|_| Unwritable(event.position))
}

fn write(event: &RecordedEvent, into: &mut Vec<u8>) -> Result<(), std::io::Error> {
    let RecordedEvent { position, stream_id, version, event_id, event_type, data, metadata, .. } = event;
    write!(into, "{{\"position\":{position},\"stream_id\":")?;
    serde_json::to_writer(&mut *into, stream_id)?;
    write!(into, ",\"version\":{version},\"event_id\":\"{event_id}\",\"type\":")?;
    serde_json::to_writer(&mut *into, event_type)?;
    write!(into, ",\"data\":{data},\"metadata\":{metadata},\"recorded_at\":\"{}\",", time(event))?;
    writeln!(into, "\"hash\":\"{}\"}}", HEXLOWER.encode(&event.hash.0))
}

/// As it is hashed: to the microsecond.
pub(super) fn time(event: &RecordedEvent) -> String {
    event.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

impl Begin {
    /// The line, with its break.
    #[must_use]
    pub fn to_line(&self) -> String {
        frame(&Frame::Export(self.clone()))
    }
}

impl End {
    /// The line, with its break.
    #[must_use]
    pub fn to_line(&self) -> String {
        frame(&Frame::End(*self))
    }
}

/// Numbers, ids and text can always be written.
fn frame(frame: &Frame) -> String {
    serde_json::to_string(frame).unwrap_or_default() + "\n"
}

impl From<EventLine<'_>> for RecordedEvent {
    fn from(line: EventLine<'_>) -> Self {
        Self {
            position: line.position,
            stream_id: line.stream_id.into_owned(),
            version: line.version,
            event_id: line.event_id,
            event_type: line.event_type.into_owned(),
            data: line.data.get().to_owned(),
            metadata: line.metadata.get().to_owned(),
            recorded_at: line.recorded_at,
            hash: HashColumn(line.hash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{canonical::GENESIS, selection::Selection};

    fn event() -> RecordedEvent {
        RecordedEvent {
            position: 7,
            stream_id: "order-0199f3c1-0000-7000-8000-000000000004".into(),
            version: 2,
            event_id: Uuid::from_u128(9),
            event_type: "OrderFailed".into(),
            // Neither the order of members nor blanks nor escapes may change on the way.
            data: r#"{"z": 1.0, "reason":"\u00e9\n","a":{}}"#.into(),
            metadata: r#"{"schema":1}"#.into(),
            recorded_at: DateTime::from_timestamp_micros(1_764_579_600_123_000).unwrap(),
            hash: HashColumn([7; 32]),
        }
    }

    fn read(text: &str) -> Result<Line, Unreadable> {
        read_line(text.strip_suffix('\n').unwrap().as_bytes())
    }

    #[test]
    fn an_event_comes_back_byte_for_byte() {
        let mut text = Vec::new();
        write_event(&event(), &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(read(&text).unwrap(), Line::Event(Box::new(event())));
        let hash = "07".repeat(32);
        let expected = r#"{"position":7,"stream_id":"order-0199f3c1-0000-7000-8000-000000000004","version":2,"event_id":"00000000-0000-0000-0000-000000000009","type":"OrderFailed","data":{"z": 1.0, "reason":"\u00e9\n","a":{}},"metadata":{"schema":1},"recorded_at":"2025-12-01T09:00:00.123000Z","hash":"#;
        assert_eq!(text, format!("{expected}\"{hash}\"}}\n"));
    }

    #[test]
    fn an_event_of_two_lines_is_refused() {
        let broken = RecordedEvent { data: "{\n}".into(), ..event() };
        assert_eq!(write_event(&broken, &mut Vec::new()), Err(Unwritable(7)));
    }

    #[test]
    fn the_first_and_the_last_line_come_back() {
        let all = Begin::of(Uuid::from_u128(1), &Selection::default());
        let text = r#"{"export":{"format":1,"log_id":"00000000-0000-0000-0000-000000000001","from":1}}"#;
        assert_eq!(all.to_line(), format!("{text}\n"));
        assert!(all.asked.is_all());
        let some =
            Selection { from: Some(5), event_type: Some("OrderPlaced".into()), ..Selection::default() };
        let some = Begin::of(Uuid::from_u128(1), &some);
        assert_eq!(read(&some.to_line()).unwrap(), Line::Begin(some.clone()));
        assert!(!some.asked.is_all());
        let end = End { position: 0, hash: GENESIS };
        assert_eq!(read(&end.to_line()).unwrap(), Line::End(end));
    }

    #[test]
    fn what_is_no_line_of_ours_is_refused() {
        let log = r#""log_id":"00000000-0000-0000-0000-000000000001","from":1"#;
        for newer in [log, r#""log_id":{"new":1}"#, r#""and":"more""#] {
            let newer = format!(r#"{{"export":{{"format":2,{newer}}}}}"#);
            assert!(matches!(read_line(newer.as_bytes()), Err(Unreadable::Newer)), "{newer}");
        }
        for text in
            ["", "{}", "{\"position\":1}", "position,stream_id", "{\"end\":{\"position\":1,\"hash\":\"00\"}}"]
        {
            assert!(matches!(read_line(text.as_bytes()), Err(Unreadable::Foreign(_))), "{text}");
        }
        let mut text = Vec::new();
        write_event(&event(), &mut text).unwrap();
        for cut in 1..text.len() - 1 {
            assert!(read_line(&text[..cut]).is_err(), "{cut} bytes of it");
        }
    }
}
