//! `If-Match`: a change that rests on the version which the client has read.

use http::{HeaderMap, header};

use crate::Problem;

/// The `If-Match` header (RFC 9110, 13.1.1).
///
/// It is checked after the resource was found, so an extractor can only read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// No header.
    Missing,
    /// `*`: whatever the version is.
    Any,
    /// One of these versions. Weak tags and tags that are no version match nothing, so this may be empty.
    Versions(Vec<u64>),
}

impl IfMatch {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let values: Vec<_> = headers.get_all(header::IF_MATCH).iter().collect();
        if values.is_empty() {
            return Self::Missing;
        }
        let texts = values.into_iter().filter_map(|value| value.to_str().ok());
        let tags: Vec<&str> = texts.flat_map(|text| text.split(',')).map(str::trim).collect();
        if tags == ["*"] {
            return Self::Any;
        }
        Self::Versions(tags.into_iter().filter_map(version).collect())
    }

    /// The header must be there; 428 otherwise. Call it when the resource is known.
    pub fn required(&self) -> Result<&Self, Problem> {
        match self {
            Self::Missing => Err(Problem::precondition_required()),
            Self::Any | Self::Versions(_) => Ok(self),
        }
    }

    /// Compares with the current version: 428 without a header, 412 for another version.
    pub fn check(&self, current: u64) -> Result<(), Problem> {
        match self {
            Self::Missing => Err(Problem::precondition_required()),
            Self::Any => Ok(()),
            Self::Versions(versions) if versions.contains(&current) => Ok(()),
            Self::Versions(_) => Err(Problem::precondition_failed()),
        }
    }
}

fn version(tag: &str) -> Option<u64> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> IfMatch {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, value.parse().unwrap());
        IfMatch::read(&headers)
    }

    #[test]
    fn only_the_version_that_was_read_may_be_replaced() {
        assert!(read("\"3\"").check(3).is_ok());
        assert!(read("\"2\", \"3\"").check(3).is_ok());
        assert!(read("*").check(3).is_ok());
        assert_eq!(read("\"2\"").check(3).unwrap_err().status(), 412);
    }

    #[test]
    fn a_tag_that_is_no_version_matches_nothing() {
        for tag in ["W/\"3\"", "3", "\"+3\"", "\"\"", "\"99999999999999999999\""] {
            assert_eq!(read(tag).check(3).unwrap_err().status(), 412, "{tag}");
        }
    }

    #[test]
    fn a_missing_header_is_asked_for() {
        assert_eq!(IfMatch::read(&HeaderMap::new()).check(3).unwrap_err().status(), 428);
    }
}
