//! The same for spreadsheets and databases: RFC 4180, with the table's columns.

use data_encoding::HEXLOWER;

use super::line::{Unwritable, time};
use crate::record::RecordedEvent;

/// The first line, with its break.
pub const COLUMNS: &str = "position,stream_id,version,event_id,type,data,metadata,recorded_at,hash\n";

/// Writes an event as a line of CSV, with its break.
///
/// # Errors
/// The event has a line break of its own: a line would then not be a row.
pub fn write_csv(event: &RecordedEvent, into: &mut Vec<u8>) -> Result<(), Unwritable> {
    let (position, version) = (event.position.to_string(), event.version.to_string());
    let (event_id, hash, time) = (event.event_id.to_string(), HEXLOWER.encode(&event.hash.0), time(event));
    let fields = [
        &position,
        &event.stream_id,
        &version,
        &event_id,
        &event.event_type,
        &event.data,
        &event.metadata,
        &time,
        &hash,
    ];
    if fields.iter().any(|field| field.contains(['\n', '\r'])) {
        return Err(Unwritable(event.position));
    }
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            into.push(b',');
        }
        write_field(field, into);
    }
    into.push(b'\n');
    Ok(())
}

fn write_field(field: &str, into: &mut Vec<u8>) {
    if field.contains(['"', ',']) {
        into.push(b'"');
        into.extend_from_slice(field.replace('"', "\"\"").as_bytes());
        into.push(b'"');
    } else {
        into.extend_from_slice(field.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::record::HashColumn;

    #[test]
    fn json_is_quoted_and_its_quotes_are_doubled() {
        let event = RecordedEvent {
            position: 1,
            stream_id: "order-x".into(),
            version: 1,
            event_id: Uuid::nil(),
            event_type: "OrderFailed".into(),
            data: r#"{"reason":"a, b"}"#.into(),
            metadata: "{}".into(),
            recorded_at: DateTime::UNIX_EPOCH,
            hash: HashColumn([0; 32]),
        };
        let mut line = Vec::new();
        write_csv(&event, &mut line).unwrap();
        let expected = format!(
            "1,order-x,1,{},OrderFailed,\"{{\"\"reason\"\":\"\"a, b\"\"}}\",{{}},1970-01-01T00:00:00.000000Z,{}\n",
            Uuid::nil(),
            "0".repeat(64)
        );
        assert_eq!(String::from_utf8(line).unwrap(), expected);
        let broken = RecordedEvent { data: "{\r\n}".into(), ..event };
        assert_eq!(write_csv(&broken, &mut Vec::new()), Err(Unwritable(1)));
    }
}
