//! Leases: at most one process at a time does what needs no more than one.
//!
//! A lease saves work, it does not make anything correct: a holder that was frozen may believe in a lease that has
//! ended. What must not happen twice is fenced where it happens, by the token or by a rule of its own.

use sqlx::PgConnection;
use uuid::Uuid;

/// How long a lease lasts unless it is prolonged, in seconds.
pub const LEASE_SECONDS: f64 = 6.0;

/// A claim to a lease under one name.
#[derive(Debug, Clone)]
pub struct Lease {
    name: String,
    holder: Uuid,
}

impl Lease {
    /// A claim by `holder`, an id that no other process uses.
    #[must_use]
    pub fn new(name: impl Into<String>, holder: Uuid) -> Self {
        Self { name: name.into(), holder }
    }

    /// Takes or prolongs the lease: its fencing token, or `None` while someone else holds it. To be called again
    /// well within [`LEASE_SECONDS`].
    ///
    /// # Errors
    /// The database's own.
    pub async fn take(&self, connection: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
        sqlx::query_scalar(include_str!("sql/lease_take.sql"))
            .bind(&self.name)
            .bind(self.holder)
            .bind(LEASE_SECONDS)
            .fetch_optional(connection)
            .await
    }

    /// Who holds the lease now, if anyone.
    ///
    /// # Errors
    /// The database's own.
    pub async fn holder(&self, connection: &mut PgConnection) -> Result<Option<Uuid>, sqlx::Error> {
        sqlx::query_scalar(include_str!("sql/lease_holder.sql"))
            .bind(&self.name)
            .fetch_optional(connection)
            .await
    }

    /// Gives the lease back, if it is held.
    ///
    /// # Errors
    /// The database's own.
    pub async fn release(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        sqlx::query(include_str!("sql/lease_release.sql"))
            .bind(&self.name)
            .bind(self.holder)
            .execute(connection)
            .await
            .map(|_| ())
    }
}
