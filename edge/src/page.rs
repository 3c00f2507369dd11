//! Lists, a page at a time.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

use crate::Problem;

/// Longer texts are no cursor that was made here.
const CURSOR_LENGTH: usize = 1024;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The entries, newest first.
    pub data: Vec<T>,
    /// What to send as `cursor` for the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page from `rows`, of which one more than `limit` was asked for: that one tells whether there is a next page.
    ///
    /// `cursor` says where the page after an entry starts.
    pub fn cut<C: Serialize>(
        mut rows: Vec<T>,
        limit: usize,
        cursor: impl FnOnce(&T) -> C,
    ) -> Result<Self, Problem> {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|last| encode_cursor(&cursor(last))).transpose()?;
        Ok(Self { data: rows, next_cursor })
    }

    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}

/// A place in a list as an opaque text: base64url of JSON.
pub fn encode_cursor<C: Serialize>(place: &C) -> Result<String, Problem> {
    let json = serde_json::to_vec(place).map_err(Problem::internal)?;
    Ok(BASE64URL_NOPAD.encode(&json))
}

/// Reads back what [`encode_cursor`] wrote; `None` for anything else.
#[must_use]
pub fn decode_cursor<C: DeserializeOwned>(text: &str) -> Option<C> {
    if text.len() > CURSOR_LENGTH {
        return None;
    }
    let json = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_where_the_next_one_starts() {
        let page = Page::cut(vec![9, 8, 7], 2, |n| *n).unwrap();
        assert_eq!(page.data, [9, 8]);
        assert_eq!(decode_cursor::<i32>(&page.next_cursor.unwrap()), Some(8));
    }

    #[test]
    fn the_last_page_has_no_next_one() {
        assert_eq!(Page::cut(vec![9, 8], 2, |n| *n).unwrap().next_cursor, None);
        assert_eq!(Page::cut(Vec::<i32>::new(), 2, |n| *n).unwrap().next_cursor, None);
    }

    #[test]
    fn a_cursor_of_another_list_or_none_at_all_is_refused() {
        let other = encode_cursor(&"text").unwrap();
        for text in ["", "!", "AAAA", &other, &"A".repeat(2000)] {
            assert_eq!(decode_cursor::<i32>(text), None, "{text}");
        }
    }
}
