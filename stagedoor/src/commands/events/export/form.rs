//! The forms of an export.

use data_encoding::HEXLOWER;
use event_store::{
    Hash, Position, RecordedEvent,
    archive::{self, Begin, COLUMNS, End, Line, Unwritable},
};

use crate::cli::Format;

/// A form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    JsonLines,
    Csv,
}

/// A whole line, as far as going on with it needs to know.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Known {
    First(Option<Begin>),
    Event(Position, Hash),
    Last(Position, Hash),
}

impl Form {
    pub(super) const fn of(format: Format) -> Self {
        match format {
            Format::Jsonl => Self::JsonLines,
            Format::Csv => Self::Csv,
        }
    }

    pub(super) fn first_line(self, begin: &Begin) -> String {
        match self {
            Self::JsonLines => begin.to_line(),
            Self::Csv => COLUMNS.to_owned(),
        }
    }

    pub(super) fn write(self, event: &RecordedEvent, into: &mut Vec<u8>) -> Result<(), Unwritable> {
        match self {
            Self::JsonLines => archive::write_event(event, into),
            Self::Csv => archive::write_csv(event, into),
        }
    }

    /// CSV has no room for it.
    pub(super) fn last_line(self, end: &End) -> String {
        match self {
            Self::JsonLines => end.to_line(),
            Self::Csv => String::new(),
        }
    }

    /// What a line is; `None` if it is none of ours.
    pub(super) fn know(self, line: &[u8]) -> Option<Known> {
        match self {
            Self::JsonLines => Some(match archive::read_line(line).ok()? {
                Line::Begin(begin) => Known::First(Some(begin)),
                Line::Event(event) => Known::Event(event.position, event.hash.0),
                Line::End(end) => Known::Last(end.position, end.hash),
            }),
            Self::Csv if line == COLUMNS.trim_end().as_bytes() => Some(Known::First(None)),
            Self::Csv => {
                let text = std::str::from_utf8(line).ok()?;
                let ((position, _), (_, hash)) = (text.split_once(',')?, text.rsplit_once(',')?);
                let hash = HEXLOWER.decode(hash.as_bytes()).ok()?.try_into().ok()?;
                Some(Known::Event(position.parse().ok()?, hash))
            }
        }
    }
}
