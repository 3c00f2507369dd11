//! Lists, newest first, a page at a time.

use event_store::Position;

/// The most items of a list on a page.
pub const MAX_ITEMS: u32 = 100;

/// Which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Only what was made before this position; from the newest if absent.
    pub before: Option<Position>,
    /// How many items, 1 to [`MAX_ITEMS`].
    pub limit: u32,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// Where the next page begins: [`PageRequest::before`] of the next request. None on the last page.
    pub next: Option<Position>,
}

impl PageRequest {
    fn limit(self) -> usize {
        self.limit.clamp(1, MAX_ITEMS) as usize
    }

    /// One more than wanted, to see whether there is more.
    pub(crate) fn fetch(self) -> i64 {
        i64::from(self.limit.clamp(1, MAX_ITEMS)) + 1
    }

    /// Makes a page of what was fetched; `place` is what the list is ordered by.
    pub(crate) fn cut<T>(self, mut rows: Vec<T>, place: impl Fn(&T) -> Position) -> Page<T> {
        let more = rows.len() > self.limit();
        rows.truncate(self.limit());
        let next = if more { rows.last().map(place) } else { None };
        Page { items: rows, next }
    }
}

impl<T> Page<T> {
    /// The same page of something else.
    #[must_use]
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}
