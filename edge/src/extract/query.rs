//! Query parameters: every wrong and every unknown one is named, all at once.

use std::{collections::BTreeMap, ops::RangeInclusive, str::FromStr};

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{Problem, QueryError, decode_cursor};

const DEFAULT_LIMIT: usize = 20;
const MAXIMUM_LIMIT: usize = 100;

/// The query parameters of a request; 422 when one is wrong or unknown.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// A set of query parameters.
pub trait Parameters: Sized {
    /// Takes what it knows out of `params`. What is wrong is noted there, and the result then never used.
    fn read(params: &mut Params) -> Self;
}

/// No parameters at all.
impl Parameters for () {
    fn read(_params: &mut Params) -> Self {}
}

/// Where in a list to read on; `C` is what the list's cursors hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging<C> {
    /// How many entries.
    pub limit: usize,
    /// After which entry; from the start without.
    pub cursor: Option<C>,
}

/// The parameters of a request that nobody has taken yet, and what was wrong with those that somebody has.
#[derive(Debug, Default)]
pub struct Params {
    given: BTreeMap<String, Vec<String>>,
    errors: Vec<QueryError>,
}

impl Params {
    fn parse(query: &str) -> Self {
        let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            given.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Self { given, errors: Vec::new() }
    }

    /// Notes that a rule is broken.
    pub fn refuse(&mut self, parameter: &str, detail: impl Into<String>) {
        self.errors.push(QueryError { parameter: parameter.to_owned(), detail: detail.into() });
    }

    /// A parameter's text, which must be there once at most and free of U+0000.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let mut values = self.given.remove(name)?;
        let value = values.pop()?;
        if !values.is_empty() {
            self.refuse(name, "must be given once");
            return None;
        }
        if value.contains('\0') {
            self.refuse(name, "must not contain U+0000");
            return None;
        }
        Some(value)
    }

    /// A parameter that may be left out; `rule` says what it must be.
    pub fn optional<T: FromStr>(&mut self, name: &str, rule: &str) -> Option<T> {
        let value = self.text(name)?.parse().ok();
        if value.is_none() {
            self.refuse(name, rule);
        }
        value
    }

    /// A whole number within bounds that may be left out.
    pub fn number(&mut self, name: &str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let text = self.text(name)?;
        let value = plain_number(&text).filter(|number| bounds.contains(number));
        if value.is_none() {
            let (least, most) = bounds.into_inner();
            self.refuse(name, format!("must be a whole number from {least} to {most}"));
        }
        value
    }

    /// `true` or `false`; false when left out.
    pub fn flag(&mut self, name: &str) -> bool {
        self.optional(name, "must be true or false").unwrap_or_default()
    }

    /// The log position that the answer must have come to.
    pub fn min_position(&mut self) -> Option<i64> {
        self.number("min_position", 0..=i64::MAX)
    }

    /// `limit` (1-100, default 20) and `cursor`.
    pub fn paging<C: DeserializeOwned>(&mut self) -> Paging<C> {
        self.paging_up_to(MAXIMUM_LIMIT)
    }

    /// `limit` (1 to `most`, default 20) and `cursor`.
    pub fn paging_up_to<C: DeserializeOwned>(&mut self, most: usize) -> Paging<C> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let limit = self.number("limit", 1..=most).and_then(|limit| usize::try_from(limit).ok());
        let cursor = self.text("cursor").and_then(|text| {
            let cursor = decode_cursor(&text);
            if cursor.is_none() {
                self.refuse("cursor", "must be a next_cursor of this list");
            }
            cursor
        });
        Paging { limit: limit.unwrap_or(DEFAULT_LIMIT), cursor }
    }

    fn finish<T>(mut self, read: T) -> Result<T, Problem> {
        for name in std::mem::take(&mut self.given).into_keys() {
            self.refuse(&name, "is not a parameter here");
        }
        if self.errors.is_empty() { Ok(read) } else { Err(Problem::invalid_query(&self.errors)) }
    }
}

/// Digits only: `FromStr` would also read `+7`.
fn plain_number(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl<S: Send + Sync, T: Parameters> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let mut params = Params::parse(parts.uri.query().unwrap_or_default());
        let read = T::read(&mut params);
        params.finish(read).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode_cursor;

    fn read<T>(query: &str, read: impl FnOnce(&mut Params) -> T) -> Result<T, Vec<String>> {
        let mut params = Params::parse(query);
        let value = read(&mut params);
        for name in params.given.keys() {
            params.errors.push(QueryError { parameter: name.clone(), detail: String::new() });
        }
        if params.errors.is_empty() {
            return Ok(value);
        }
        Err(params.errors.into_iter().map(|error| error.parameter).collect())
    }

    #[test]
    fn a_list_starts_with_twenty() {
        assert_eq!(read("", Params::paging::<i64>), Ok(Paging { limit: 20, cursor: None }));
        let cursor = encode_cursor(&7).unwrap();
        let asked = read(&format!("limit=100&cursor={cursor}"), Params::paging::<i64>);
        assert_eq!(asked, Ok(Paging { limit: 100, cursor: Some(7) }));
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let wrong = read("limit=101&cursor=x&colour=red", Params::paging::<i64>);
        assert_eq!(wrong, Err(vec!["limit".into(), "cursor".into(), "colour".into()]));
        for query in ["limit=0", "limit=", "limit=+1", "limit=1&limit=2", "limit=1.0", "limit=%00"] {
            assert_eq!(read(query, Params::paging::<i64>), Err(vec!["limit".into()]), "{query}");
        }
    }

    #[test]
    fn a_position_is_a_number_of_the_log() {
        assert_eq!(read("min_position=12", Params::min_position), Ok(Some(12)));
        for query in ["min_position=-1", "min_position=9223372036854775808", "min_position=x"] {
            assert!(read(query, Params::min_position).is_err(), "{query}");
        }
    }
}
