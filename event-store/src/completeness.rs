//! Counting: what should be there, and what is not.

use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::{
    reader::LogReader,
    record::{HashColumn, Position},
};

/// Positions that are counted at once.
const STRETCH: Position = 100_000;

/// Positions at which something is not there: how many, and between which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// How many.
    pub count: i64,
    /// The first.
    pub first: Position,
    /// The last.
    pub last: Position,
}

/// By what an event is recognised elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct EventName {
    /// Its place.
    pub position: Position,
    /// Its own name.
    pub event_id: Uuid,
    /// Vouches for it and for all before it.
    #[sqlx(try_from = "Vec<u8>")]
    pub hash: HashColumn,
}

impl Missing {
    /// All from the first to the last; none if the last comes before.
    #[must_use]
    pub fn between(first: Position, last: Position) -> Option<Self> {
        (first <= last).then(|| Self { count: last - first + 1, first, last })
    }

    /// Both.
    #[must_use]
    pub fn and(missing: Option<Self>, more: Option<Self>) -> Option<Self> {
        let (Some(one), Some(other)) = (missing, more) else { return missing.or(more) };
        Some(Self {
            count: one.count + other.count,
            first: one.first.min(other.first),
            last: one.last.max(other.last),
        })
    }
}

impl LogReader {
    /// Positions up to `head` at which the log has no event: none, unless somebody deleted some.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn missing(
        &mut self,
        head: Position,
        mut progress: impl FnMut(Position),
    ) -> Result<Option<Missing>, sqlx::Error> {
        let (mut after, mut missing) = (0, None);
        while after < head {
            let to = head.min(after + STRETCH);
            missing = Missing::and(missing, self.missing_between(after, to).await?);
            after = to;
            progress(after);
        }
        Ok(missing)
    }

    async fn missing_between(
        &mut self,
        after: Position,
        to: Position,
    ) -> Result<Option<Missing>, sqlx::Error> {
        let count: i64 = self
            .read(async |connection| {
                let count = sqlx::query_scalar(include_str!("sql/count.sql")).bind(after).bind(to);
                count.fetch_one(connection).await
            })
            .await?;
        if count == to - after {
            return Ok(None);
        }
        let (first, last) = self
            .read(async |connection| {
                let gaps = sqlx::query_as(include_str!("sql/gaps.sql")).bind(after).bind(to);
                gaps.fetch_one(connection).await
            })
            .await?;
        Ok(Some(Missing { count: to - after - count, first, last }))
    }

    /// By what the events after one position and up to another are recognised, in order. The stretch is the caller's to
    /// bound.
    ///
    /// # Errors
    /// The database can't be reached or did not answer within 5 s.
    pub async fn names(&mut self, after: Position, to: Position) -> Result<Vec<EventName>, sqlx::Error> {
        self.read(async |connection| {
            let names = sqlx::query_as(include_str!("sql/names.sql")).bind(after).bind(to);
            names.fetch_all(connection).await
        })
        .await
    }
}

/// How many states are kept of streams that, in this log, never came that far. What is decided on one of them would rest on
/// events that the log does not hold.
///
/// # Errors
/// The database's own.
pub async fn stray_snapshots(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/stray_snapshots.sql")).fetch_one(connection).await
}

/// Forgets them: a stream is then read from its beginning.
///
/// # Errors
/// The database's own.
pub async fn forget_stray_snapshots(connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::raw_sql(include_str!("sql/forget_stray_snapshots.sql")).execute(connection).await?;
    Ok(forgotten.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_adds_up() {
        assert_eq!(Missing::between(5, 4), None);
        let (few, one) = (Missing::between(3, 5), Missing::between(9, 9));
        assert_eq!(few, Some(Missing { count: 3, first: 3, last: 5 }));
        assert_eq!(Missing::and(few, one), Some(Missing { count: 4, first: 3, last: 9 }));
        assert_eq!(Missing::and(None, one), one);
        assert_eq!(Missing::and(one, None), one);
    }
}
