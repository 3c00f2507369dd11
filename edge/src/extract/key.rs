//! The idempotency key.

use http::HeaderMap;

use crate::Problem;

const NAME: &str = "idempotency-key";

/// An `Idempotency-Key`: 1 to 255 characters, none of them a control. It belongs to the caller who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key; `None` when it breaks the rules.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=255).contains(&text.chars().count()) && !text.contains(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of the one header, in a request that must have it.
    pub(super) fn required(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut values = headers.get_all(NAME).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(Problem::idempotency_key_missing());
        };
        str::from_utf8(value.as_bytes())
            .ok()
            .and_then(Self::parse)
            .ok_or_else(Problem::idempotency_key_missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_255_characters() {
        for text in ["8e03978e-40d5-43dd-bc93-6894a57f9324", "two words", "schlüssel", &"ü".repeat(255)] {
            assert!(IdempotencyKey::parse(text).is_some(), "{text}");
        }
        for text in ["", "tab\t", "line\n", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(text), None, "{text}");
        }
    }
}
