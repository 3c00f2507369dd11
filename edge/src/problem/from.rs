//! What went wrong below, as a problem.

use identity::Error as IdentityError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use super::{FieldError, Problem};

impl From<sqlx::Error> for Problem {
    /// 503 while Postgres is away, starting or out of connections; else our fault.
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) { Self::engine_away(error) } else { Self::internal(error) }
    }
}

fn is_away(error: &sqlx::Error) -> bool {
    if let Some(found) =
        error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
    {
        // Whatever ended the session: on a full disk not even the beginning of one succeeds, and is an internal error.
        if matches!(found.severity(), PgSeverity::Fatal | PgSeverity::Panic) {
            return true;
        }
        // Classes 08 (connection), 53 (resources), 57 (shutdown, time-outs), 58 (the system below), a session cut off
        // for idling in a transaction, and a read-only standby after a failover.
        return ["08", "53", "57", "58", "25P03", "25006"]
            .iter()
            .any(|class| found.code().starts_with(class));
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

#[cfg(test)]
mod tests {
    use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

    use super::*;

    async fn options() -> PgConnectOptions {
        engines::testing::shared().await.postgres_url.parse().unwrap()
    }

    #[tokio::test]
    async fn a_session_that_postgres_ends_or_does_not_begin_is_an_engine_that_is_away() {
        let refused = PgConnection::connect_with(&options().await.database("nowhere")).await.unwrap_err();
        assert!(is_away(&refused), "{refused}");
        let mut connection = PgConnection::connect_with(&options().await).await.unwrap();
        let ended =
            sqlx::query("select pg_terminate_backend(pg_backend_pid())").execute(&mut connection).await;
        assert!(is_away(&ended.unwrap_err()));
    }

    #[tokio::test]
    async fn what_postgres_says_to_a_statement_is_our_fault() {
        let mut connection = PgConnection::connect_with(&options().await).await.unwrap();
        let error = sqlx::query("select 1 / 0").execute(&mut connection).await.unwrap_err();
        assert!(!is_away(&error), "{error}");
    }
}
