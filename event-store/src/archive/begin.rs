//! The first and the last line.

use domain::StreamId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    hexadecimal,
    record::{Hash, Position},
    selection::Selection,
};

/// The form of the lines, as this program writes it. Raised when one that knows only older forms can't read them.
const FORMAT: u16 = 1;

/// Of what form the lines are, which is what the first one says in every form.
#[derive(Deserialize)]
pub(super) struct Format {
    format: u16,
}

impl Format {
    /// Whether this program knows the form.
    pub(super) const fn is_known(&self) -> bool {
        self.format == FORMAT
    }
}

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// The form of the lines.
    format: u16,
    /// Of which log it is.
    pub log_id: Uuid,
    /// What was asked for.
    #[serde(flatten)]
    pub asked: Asked,
}

/// What was asked for, apart from how far: an export may be gone on with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// From this position on.
    from: Position,
    /// Of this stream only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stream: Option<String>,
    /// Of this type only.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    event_type: Option<String>,
    /// Of this correlation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlation: Option<Uuid>,
}

/// What the last line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Everything up to here was looked at.
    pub position: Position,
    /// The log's hash there: of an empty log, zeros.
    #[serde(with = "hexadecimal")]
    pub hash: Hash,
}

impl Begin {
    /// Of a log, what is selected of it.
    #[must_use]
    pub fn of(log_id: Uuid, selection: &Selection) -> Self {
        Self { format: FORMAT, log_id, asked: selection.into() }
    }
}

impl Asked {
    /// Whether every event is there, from the first on.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self { from: 1, ..Self::default() }
    }
}

impl From<&Selection> for Asked {
    fn from(selection: &Selection) -> Self {
        Self {
            from: selection.before() + 1,
            stream: selection.stream.as_ref().map(StreamId::to_string),
            event_type: selection.event_type.clone(),
            correlation: selection.correlation,
        }
    }
}
