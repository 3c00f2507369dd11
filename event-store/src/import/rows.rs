//! Events as `copy … (format binary)` takes them: no byte needs escaping.

use crate::record::{POSTGRES_EPOCH, RecordedEvent};

/// What such data begins with: a signature, and no flags.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Instead of a row's number of columns.
const END: i16 = -1;
const COLUMNS: i16 = 9;

pub(super) fn begin() -> Vec<u8> {
    HEAD.to_vec()
}

/// In the order of `import_copy.sql`.
pub(super) fn write(event: &RecordedEvent, rows: &mut Vec<u8>) {
    rows.extend_from_slice(&COLUMNS.to_be_bytes());
    let recorded_at = event.recorded_at.timestamp_micros() - POSTGRES_EPOCH;
    column(&event.position.to_be_bytes(), rows);
    column(event.stream_id.as_bytes(), rows);
    column(&event.version.to_be_bytes(), rows);
    column(event.event_id.as_bytes(), rows);
    column(event.event_type.as_bytes(), rows);
    column(event.data.as_bytes(), rows);
    column(event.metadata.as_bytes(), rows);
    column(&recorded_at.to_be_bytes(), rows);
    column(&event.hash.0, rows);
}

pub(super) fn end(rows: &mut Vec<u8>) {
    rows.extend_from_slice(&END.to_be_bytes());
}

fn column(bytes: &[u8], rows: &mut Vec<u8>) {
    // Longer than 2 GiB no line was let through.
    rows.extend_from_slice(&i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
    rows.extend_from_slice(bytes);
}
