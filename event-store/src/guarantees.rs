//! What the log's durability and integrity rest on, outside this program.

use sqlx::{FromRow, PgConnection};

/// A server and a role, as far as the log depends on them.
#[derive(Debug, Clone, PartialEq, FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent setting of the server")]
pub struct Guarantees {
    /// `server_version_num`, such as 150018.
    pub version: i32,
    /// Commits wait for the disk.
    pub fsync: bool,
    /// Torn pages are repaired after a crash.
    pub full_page_writes: bool,
    /// The default for sessions that don't set it.
    pub synchronous_commit: String,
    /// The standbys a commit waits for.
    pub synchronous_standbys: String,
    /// Standbys that are connected, as far as the role may see them.
    pub standbys: i64,
    /// The role is a superuser.
    pub superuser: bool,
    /// The role may append to the log.
    pub may_append: bool,
    /// The role may update, delete or truncate the log.
    pub may_change_history: bool,
    /// The triggers that refuse changes are in place.
    pub guarded: bool,
    /// The server's own log shows what statements are called with, such as e-mail addresses.
    pub logs_parameters: bool,
    /// The server's time, in seconds since 1970.
    pub clock: f64,
}

/// Looks at the server and the role of a connection.
///
/// # Errors
/// The database's own.
pub async fn guarantees(connection: &mut PgConnection) -> Result<Guarantees, sqlx::Error> {
    sqlx::query_as(include_str!("sql/guarantees.sql")).fetch_one(connection).await
}
