//! A moment of the past, named by a position or by a time.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{reader::head, record::Position};

/// A moment, as people name it: `42`, or `2026-11-05T19:30:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Right after the event at that position; 0 is before the first.
    Position(Position),
    /// Right after all that was recorded until then.
    Time(DateTime<Utc>),
}

/// A moment that lies in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// The last event of it; 0 if there was none yet.
    pub position: Position,
    /// The time of it: as it was named, or that of the event.
    pub at: DateTime<Utc>,
}

/// A text that names no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a position such as 42 nor a time such as 2026-11-05T19:30:00Z")]
pub struct ParseMomentError(String);

/// Why a moment is not found.
#[derive(Debug, thiserror::Error)]
pub enum MomentError {
    /// It has yet to come.
    #[error("the log ends at position {head}: that moment has yet to come")]
    Beyond {
        /// Where the log ends.
        head: Position,
    },
    /// The log can't be read.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl FromStr for Moment {
    type Err = ParseMomentError;

    fn from_str(text: &str) -> Result<Self, ParseMomentError> {
        let wrong = || ParseMomentError(text.to_owned());
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self::Position).map_err(|_| wrong());
        }
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| wrong())?;
        Ok(Self::Time(time.to_utc()))
    }
}

impl Moment {
    /// Where it is in the log. `now` tells times that have passed without an event from those to come.
    ///
    /// # Errors
    /// It has yet to come; the database's own.
    pub async fn find(self, connection: &mut PgConnection, now: DateTime<Utc>) -> Result<Past, MomentError> {
        let head = head(connection).await?.position;
        match self {
            Self::Position(position) if position > head => Err(MomentError::Beyond { head }),
            Self::Position(position) => {
                let at = recorded_at(connection, position).await?;
                Ok(Past { position, at: at.unwrap_or(DateTime::UNIX_EPOCH) })
            }
            Self::Time(at) => {
                let position = last_until(connection, at, head).await?;
                if position == head && at > now {
                    return Err(MomentError::Beyond { head });
                }
                Ok(Past { position, at })
            }
        }
    }
}

/// The last event up to `head` that was recorded until `at`, by halving: time never runs backwards in the log.
pub(crate) async fn last_until(
    connection: &mut PgConnection,
    at: DateTime<Utc>,
    head: Position,
) -> Result<Position, sqlx::Error> {
    // All up to `known` were, all after `last` were not.
    let (mut known, mut last) = (0, head);
    while known < last {
        let middle = last - (last - known) / 2;
        if recorded_at(connection, middle).await?.is_some_and(|recorded| recorded <= at) {
            known = middle;
        } else {
            last = middle - 1;
        }
    }
    Ok(known)
}

async fn recorded_at(
    connection: &mut PgConnection,
    position: Position,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar(include_str!("sql/recorded_at.sql")).bind(position).fetch_optional(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_named_by_position_or_by_time() {
        assert_eq!("42".parse(), Ok(Moment::Position(42)));
        let evening: DateTime<Utc> = "2026-11-05T19:30:00Z".parse().unwrap();
        assert_eq!("2026-11-05T20:30:00+01:00".parse(), Ok(Moment::Time(evening)));
        for wrong in ["", "-1", "+1", "4 2", "yesterday", "2026-11-05", "99999999999999999999"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }
}
