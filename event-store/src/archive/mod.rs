//! The log as a file: one JSON object a line, each event with its position and hash.
//!
//! The first line is `{"export":{…}}` and says of which log it is and what was asked for. Then come the events, with the
//! fields of a message and their hash, payload and metadata byte for byte as they are stored. The last line is
//! `{"end":{…}}`: how far the log was looked at, and its hash there. Without it a file was cut off, or is still being
//! written. Its whole lines are good: it can be gone on with after the last of them, and so can one that has its end, when
//! the log has grown.
//!
//! The chain of hashes shows that nothing in between is missing or was changed. A file that begins with the first event,
//! leaves none out and has its end can be imported.

mod begin;
mod csv;
mod line;

pub use begin::{Asked, Begin, End};
pub use csv::{COLUMNS, write_csv};
pub use line::{Line, Unreadable, Unwritable, read_line, write_event};

/// No line has more bytes: an event has 256 KiB, of which CSV may double every byte, and its metadata.
pub const LONGEST_LINE: u64 = 2 << 20;
