//! What went wrong below, as a problem.

use identity::Error as IdentityError;

use super::{FieldError, Problem};

impl From<sqlx::Error> for Problem {
    /// 503 while Postgres is away, starting or out of connections; else our fault.
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) { Self::engine_away(error) } else { Self::internal(error) }
    }
}

fn is_away(error: &sqlx::Error) -> bool {
    if let Some(code) = error.as_database_error().and_then(sqlx::error::DatabaseError::code) {
        // Classes 08 (connection), 53 (resources), 57 (shutdown, time-outs), a session cut off for idling in a
        // transaction, and a read-only standby after a failover.
        return ["08", "53", "57", "25P03", "25006"].iter().any(|class| code.starts_with(class));
    }
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
    )
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Invalid(broken) => {
                let errors: Vec<FieldError> =
                    broken.iter().map(|b| FieldError::new(format!("/{}", b.field), b.detail)).collect();
                Self::invalid(&errors)
            }
            IdentityError::EmailTaken => Self::email_taken(),
            IdentityError::WrongCredentials => Self::wrong_credentials(),
            IdentityError::UnknownUser => Self::not_found(),
            IdentityError::Busy => Self::queue_full(),
            IdentityError::Hash(cause) => Self::internal(cause),
            IdentityError::Database(error) => error.into(),
        }
    }
}
