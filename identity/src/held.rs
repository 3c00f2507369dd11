//! What is held of a user here, to be handed out to them.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::UserId;
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A user, to themselves. Where they were erased, an id and `[erased]`.
#[derive(Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct Profile {
    /// What everything else calls the user.
    pub user_id: Uuid,
    /// Where letters reach them.
    pub email: Option<String>,
    /// As it was typed.
    pub name: String,
    /// What the user may do.
    pub roles: Vec<String>,
    /// When the user signed up.
    pub created_at: DateTime<Utc>,
    /// Made by the demonstration seed.
    pub seeded: bool,
}

/// A session, without what it is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct HeldSession {
    /// When the user signed in.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// When the user signed out.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// That somebody changed somebody's roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct RoleChange {
    /// Its number.
    pub change_id: i64,
    /// Who did it.
    pub changed_by: Uuid,
    /// Whose roles.
    pub user_id: Uuid,
    /// What they were.
    pub roles_before: Vec<String>,
    /// What they became.
    pub roles_after: Vec<String>,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// A user by id, also one who was erased.
///
/// # Errors
/// The database's own.
pub async fn profile(connection: &mut PgConnection, user: UserId) -> Result<Option<Profile>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/profile.sql")).bind(user.uuid()).fetch_optional(connection).await
}

/// A user's sessions, oldest first: a hundred at most.
///
/// # Errors
/// The database's own.
pub async fn sessions(connection: &mut PgConnection, user: UserId) -> Result<Vec<HeldSession>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/sessions_of.sql")).bind(user.uuid()).fetch_all(connection).await
}

/// Changes of a user's roles, and by that user, after a number: oldest first, at most `limit`.
///
/// # Errors
/// The database's own.
pub async fn role_changes(
    connection: &mut PgConnection,
    user: UserId,
    after: i64,
    limit: i64,
) -> Result<Vec<RoleChange>, sqlx::Error> {
    let changes = sqlx::query_as(include_str!("sql/role_changes_of.sql"));
    changes.bind(user.uuid()).bind(after).bind(limit).fetch_all(connection).await
}

/// Shows no personal data in a log.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
