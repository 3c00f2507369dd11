//! Forgetting a person.
//!
//! The id goes on meaning somebody, in the log and everywhere else; who that was, nobody can tell any more.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use domain::UserId;
use serde::Serialize;
use sqlx::{Connection, FromRow, PgConnection};
use uuid::Uuid;

use crate::normalised_email;

/// What stands where a name stood.
pub const ERASED: &str = "[erased]";

/// Why somebody is erased: a choice, because words could say who it was. After the GDPR, article 17 (1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// They asked for it.
    Requested,
    /// What was held is no longer needed.
    Unneeded,
    /// They object.
    Objection,
    /// It should never have been held.
    Unlawful,
    /// A law or a court demands it.
    Obligation,
}

/// Where a case is filed: 1 to 64 letters, digits, `-`, `_` and `.`, as of a ticket's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseReference(String);

/// A text that is no [`CaseReference`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 64 letters, digits, -, _ and .")]
pub struct NotACase;

/// Why somebody was not erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// Nobody has this id.
    #[error("unknown user")]
    UnknownUser,
    /// The record would tell whom it is about.
    #[error("the case must not name the person: give it a number")]
    CaseNamesUser,
    /// Postgres failed or is away.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// That somebody was erased, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct Erasure {
    /// Who.
    pub user_id: Uuid,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// By which database role.
    pub by_role: String,
    /// Why; see [`Ground`].
    #[serde(rename = "why")]
    pub ground: String,
    /// Where the case is filed.
    #[serde(rename = "case")]
    pub reference: Option<String>,
}

/// What erasing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// Of now, or the one long before.
    pub erasure: Erasure,
    /// Whether there was nothing left to erase.
    pub before: bool,
    /// How many sessions ended.
    pub sessions: u64,
}

impl Ground {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Requested, Self::Unneeded, Self::Objection, Self::Unlawful, Self::Obligation];

    /// As it is kept, and typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Unneeded => "unneeded",
            Self::Objection => "objection",
            Self::Unlawful => "unlawful",
            Self::Obligation => "obligation",
        }
    }
}

impl FromStr for CaseReference {
    type Err = NotACase;

    fn from_str(text: &str) -> Result<Self, NotACase> {
        let sane = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(sane);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotACase) }
    }
}

impl CaseReference {
    /// Whether it says who the user is: a word of three letters or more of name or address, but for what all addresses of
    /// a country end with.
    fn tells_of(&self, user: &Person) -> bool {
        let reference = self.0.to_lowercase();
        let address = user.email.as_deref().map(|email| email.rsplit_once('.').map_or(email, |(own, _)| own));
        [user.name.as_deref(), address].into_iter().flatten().any(|text| {
            let text = text.to_lowercase();
            let mut words = text.split(|letter: char| !letter.is_alphanumeric());
            words.any(|word| word.chars().count() >= 3 && reference.contains(word))
        })
    }
}

impl fmt::Display for CaseReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a case must not tell.
#[derive(FromRow)]
struct Person {
    email: Option<String>,
    name: Option<String>,
}

/// Takes the person out of `users`, ends all sessions, and writes down that it was done; all or nothing. Done once: the
/// second time, what was written down then is the answer.
///
/// # Errors
/// See [`EraseError`].
pub async fn erase(
    connection: &mut PgConnection,
    user: UserId,
    ground: Ground,
    case: Option<&CaseReference>,
    now: DateTime<Utc>,
) -> Result<Erased, EraseError> {
    let mut transaction = connection.begin().await?;
    let found: Option<Person> = sqlx::query_as(include_str!("sql/lock_user.sql"))
        .bind(user.uuid())
        .fetch_optional(&mut *transaction)
        .await?;
    let person = found.ok_or(EraseError::UnknownUser)?;
    let forgotten = sqlx::query(include_str!("sql/forget_sessions.sql"))
        .bind(user.uuid())
        .execute(&mut *transaction)
        .await?;
    let before = person.email.is_none();
    let erasure = if before {
        let known = sqlx::query_as(include_str!("sql/find_erasure.sql")).bind(user.uuid());
        known.fetch_one(&mut *transaction).await?
    } else {
        if case.is_some_and(|case| case.tells_of(&person)) {
            return Err(EraseError::CaseNamesUser);
        }
        sqlx::query(include_str!("sql/erase_user.sql"))
            .bind(user.uuid())
            .bind(ERASED)
            .execute(&mut *transaction)
            .await?;
        sqlx::query_as(include_str!("sql/record_erasure.sql"))
            .bind(user.uuid())
            .bind(now)
            .bind(ground.as_str())
            .bind(case.map(|case| case.0.as_str()))
            .fetch_one(&mut *transaction)
            .await?
    };
    transaction.commit().await?;
    Ok(Erased { erasure, before, sessions: forgotten.rows_affected() })
}

/// That a user was erased, if so.
///
/// # Errors
/// The database's own.
pub async fn erasure_of(connection: &mut PgConnection, user: UserId) -> Result<Option<Erasure>, sqlx::Error> {
    let known = sqlx::query_as(include_str!("sql/find_erasure.sql")).bind(user.uuid());
    known.fetch_optional(connection).await
}

/// Who has an e-mail address.
///
/// # Errors
/// The database's own.
pub async fn user_with_email(
    connection: &mut PgConnection,
    email: &str,
) -> Result<Option<UserId>, sqlx::Error> {
    let found = sqlx::query_scalar::<_, Uuid>(include_str!("sql/find_id_by_email.sql"));
    Ok(found.bind(normalised_email(email)).fetch_optional(connection).await?.map(UserId::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_says_nothing_about_a_person() {
        let ada =
            Person { email: Some("al@analytical.example".into()), name: Some("Ada Lovelace-King".into()) };
        for case in ["T-4711", "2026.11_a", "al-1", "example-7"] {
            assert!(!case.parse::<CaseReference>().unwrap().tells_of(&ada), "{case}");
        }
        for case in ["ADA-1", "lovelace", "x.king.7", "analytical"] {
            assert!(case.parse::<CaseReference>().unwrap().tells_of(&ada), "{case}");
        }
        for text in ["", "two words", "a@b", &"7".repeat(65)] {
            assert_eq!(text.parse::<CaseReference>(), Err(NotACase), "{text}");
        }
    }
}
