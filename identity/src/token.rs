//! Opaque session tokens: the client holds the token, the database only its hash.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

const PREFIX: &str = "sd_";
const RANDOM_BYTES: usize = 32;
const TEXT_LENGTH: usize = PREFIX.len() + 43;

/// A bearer token: `sd_` and 256 random bits.
///
/// The prefix lets secret scanners find a token that was pasted where it should not be.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// SHA-256 of the token. A slow hash would add nothing to 256 random bits.
pub(crate) type TokenHash = [u8; 32];

impl Token {
    pub(crate) fn random() -> Self {
        let bytes: [u8; RANDOM_BYTES] = rand::random();
        Self(format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes)))
    }

    /// Reads what a client sent; `None` when it can't be a token, which saves asking the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let random = text.strip_prefix(PREFIX)?;
        let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (text.len() == TEXT_LENGTH && random.bytes().all(alphabet)).then(|| Self(text.to_owned()))
    }

    /// The token itself, for the answer to its owner and nowhere else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> TokenHash {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_it_was_given_out() {
        let token = Token::random();
        assert_eq!(Token::parse(token.reveal()), Some(token));
    }

    #[test]
    fn what_is_no_token_is_refused_without_asking_anyone() {
        let token = Token::random();
        for text in ["", "sd_", "sd_short", &token.reveal()[1..], &format!("{}x", token.reveal())] {
            assert_eq!(Token::parse(text), None, "{text}");
        }
        assert_eq!(Token::parse(&token.reveal().replace("sd_", "sd ")), None);
    }

    #[test]
    fn a_token_does_not_show_itself_in_a_log() {
        let token = Token::random();
        assert!(!format!("{token:?}").contains(token.reveal()));
    }
}
