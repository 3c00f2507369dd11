//! Names for a request: its id, and its place in a trace.

use std::{borrow::Cow, fmt, str::FromStr};

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The shortest of a client's ids that is taken for a machine's. Names can be spelled in hexadecimal digits, but short ones.
const MACHINE_MADE: usize = 16;

/// The `X-Request-Id` of a request: the client's, where it is sane, else one made here.
///
/// It shows its logged form when printed: an answer, which goes to nobody but the client, takes [`RequestId::as_str`].
#[derive(Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Made here.
    #[must_use]
    pub fn new(id: Uuid) -> Self {
        Self(id.to_string())
    }

    /// A client's: 1 to 64 letters, digits, `-`, `_` and `.`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sane = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        ((1..=64).contains(&text.len()) && text.bytes().all(sane)).then(|| Self(text.to_owned()))
    }

    /// The id, for the answer.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as it stands in logs, where nobody may be named: what is no machine's id by its looks is hashed.
    #[must_use]
    pub fn logged(&self) -> Cow<'_, str> {
        let hexadecimal = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        if self.0.len() >= MACHINE_MADE && self.0.bytes().all(hexadecimal) {
            return Cow::Borrowed(&self.0);
        }
        let hash = Sha256::digest(self.0.as_bytes());
        Cow::Owned(format!("sha256:{}", data_encoding::HEXLOWER.encode(&hash[..8])))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestId").field(&self.logged()).finish()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.logged())
    }
}

/// A W3C `traceparent` (<https://www.w3.org/TR/trace-context/>): the client's, or the start of a trace of our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent(String);

/// A text that is no `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent")]
pub struct NotATraceParent;

impl TraceParent {
    /// The start of a trace: `trace` is its id, the random half of `span` that of its first span; not sampled.
    #[must_use]
    pub fn start(trace: Uuid, span: Uuid) -> Self {
        let (_, span) = span.as_u64_pair();
        Self(format!("00-{}-{span:016x}-00", trace.simple()))
    }

    /// The header's value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of the trace, 32 hexadecimal digits: the same in every service that takes part.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.0[3..35]
    }

    /// The trace as the correlation of events.
    #[must_use]
    pub fn correlation(&self) -> Uuid {
        Uuid::try_parse(self.trace_id()).unwrap_or_default()
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for TraceParent {
    type Err = NotATraceParent;

    fn from_str(text: &str) -> Result<Self, NotATraceParent> {
        let parts: Vec<&str> = text.split('-').collect();
        let &[version, trace, parent, flags] = parts.as_slice() else { return Err(NotATraceParent) };
        let hex = |part: &str, length: usize| {
            part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let zero = |part: &str| part.bytes().all(|b| b == b'0');
        let valid = version == "00"
            && hex(trace, 32)
            && hex(parent, 16)
            && hex(flags, 2)
            && !zero(trace)
            && !zero(parent);
        if valid { Ok(Self(text.to_owned())) } else { Err(NotATraceParent) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_as_the_standard_says() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let parsed: TraceParent = text.parse().unwrap();
        assert_eq!(parsed.as_str(), text);
        assert_eq!(parsed.correlation().simple().to_string(), "0af7651916cd43dd8448eb211c80319c");
    }

    #[test]
    fn what_is_no_traceparent_is_refused() {
        for text in [
            "",
            "00",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-ééééééééééééééééé-b7ad6b7169203331-01",
        ] {
            assert_eq!(text.parse::<TraceParent>(), Err(NotATraceParent), "{text}");
        }
    }

    #[test]
    fn a_trace_of_our_own_is_a_valid_one() {
        let own = TraceParent::start(Uuid::from_u128(7 << 100), Uuid::from_u128(9));
        assert_eq!(own.as_str().parse(), Ok(own));
    }

    #[test]
    fn a_request_id_that_could_name_somebody_is_logged_by_its_hash() {
        for machines in ["0199f3c1-8c5e-7cc0-b5fe-0d8b7a3f5a11", "0af7651916cd43dd8448eb211c80319c"] {
            assert_eq!(RequestId::parse(machines).unwrap().to_string(), machines);
        }
        // printf %s ada-lovelace-1 | sha256sum | cut -c-16
        let named = RequestId::parse("ada-lovelace-1").unwrap();
        assert_eq!(named.to_string(), "sha256:40ecb6a10a1157ed");
        assert_eq!(named.as_str(), "ada-lovelace-1");
        assert_ne!(RequestId::parse("ada").unwrap().to_string(), "ada");
    }

    #[test]
    fn a_request_id_that_is_no_id_is_not_taken() {
        assert!(RequestId::parse("req-1.2_3").is_some());
        for text in ["", "ada@example.org", "a b", "a\nb", &"x".repeat(65)] {
            assert_eq!(RequestId::parse(text), None, "{text}");
        }
    }
}
