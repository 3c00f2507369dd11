//! Codes of sections and rows, and the names of seats.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest code, in characters.
pub const MAX_CODE_LENGTH: usize = 16;

/// A section's or a row's code: 1 to 16 ASCII letters and digits.
///
/// Kept in place, without an allocation: an inventory holds one for every seat that is held or sold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code([u8; MAX_CODE_LENGTH]);

/// A text that is not the code or the seat it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseCodeError {
    /// Not a code.
    #[error("must be 1 to 16 letters and digits")]
    Code,
    /// Not a seat.
    #[error("must be a seat such as A-1: the row's code, a hyphen, the seat's number from 1")]
    Seat,
}

impl Code {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|&byte| byte == 0).unwrap_or(MAX_CODE_LENGTH);
        str::from_utf8(&self.0[..length]).unwrap_or_default()
    }
}

impl FromStr for Code {
    type Err = ParseCodeError;

    fn from_str(text: &str) -> Result<Self, ParseCodeError> {
        let fits = (1..=MAX_CODE_LENGTH).contains(&text.len());
        if !fits || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ParseCodeError::Code);
        }
        let mut bytes = [0; MAX_CODE_LENGTH];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(bytes))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.as_str().to_owned()
    }
}

/// A numbered seat within its section, written `<row>-<number>`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeatName {
    /// The row's code.
    pub row: Code,
    /// The seat's number, from 1.
    pub number: u32,
}

impl FromStr for SeatName {
    type Err = ParseCodeError;

    fn from_str(text: &str) -> Result<Self, ParseCodeError> {
        let (row, digits) = text.split_once('-').ok_or(ParseCodeError::Seat)?;
        let row = row.parse().map_err(|_| ParseCodeError::Seat)?;
        let number = digits.parse().map_err(|_| ParseCodeError::Seat)?;
        // One seat has one spelling: no `+1`, no `01`, no seat 0.
        if digits.starts_with(['+', '0']) { Err(ParseCodeError::Seat) } else { Ok(Self { row, number }) }
    }
}

impl fmt::Display for SeatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.row, self.number)
    }
}

impl fmt::Debug for SeatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<SeatName> for String {
    fn from(seat: SeatName) -> Self {
        seat.to_string()
    }
}

/// One place at a show: a numbered seat, or one of a section's that sells by quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeatRef {
    /// The section's code.
    pub section: Code,
    /// The seat, where the section has numbered ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatName>,
}

/// Reads and writes a type as its text, without an allocation where the input allows.
macro_rules! as_text {
    ($name:ident, $expected:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

as_text!(Code, "a code of 1 to 16 letters and digits");
as_text!(SeatName, "a seat such as A-1");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_written() {
        for text in ["A", "row7", "abcdefghijklmnop"] {
            assert_eq!(text.parse::<Code>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_code_is_1_to_16_letters_and_digits() {
        for text in ["", "A-", "ä", "abcdefghijklmnopq", "A B"] {
            assert_eq!(text.parse::<Code>(), Err(ParseCodeError::Code), "{text}");
        }
    }

    #[test]
    fn a_seat_has_one_spelling() {
        assert_eq!("A-10".parse::<SeatName>().unwrap().to_string(), "A-10");
        for text in ["A", "A-", "A-0", "A-01", "A-+1", "A--1", "-1", "A-4294967296", "A-1-1"] {
            assert_eq!(text.parse::<SeatName>(), Err(ParseCodeError::Seat), "{text}");
        }
    }
}
