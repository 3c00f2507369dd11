//! How a command can fail, and with which exit code.

use std::fmt::Display;

/// SQLSTATE: what the owner of the tables may, and writers may not.
const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A check found a fault: exit code 1.
    #[error("{0}")]
    Fault(String),
    /// The command was called wrongly, or a setting is wrong: exit code 2.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// An engine or a port is not to be had: exit code 3.
    #[error("{message}")]
    Engine {
        /// What is missing.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// Anything else: exit code 4.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    pub(crate) fn usage(message: impl Display, hint: impl Display) -> Self {
        Self::Usage { message: message.to_string(), hint: hint.to_string() }
    }

    pub(crate) fn engine(message: impl Display, hint: impl Display) -> Self {
        Self::Engine { message: message.to_string(), hint: hint.to_string() }
    }

    pub(crate) fn other(message: impl Display) -> Self {
        Self::Other(message.to_string())
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Fault(_) => 1,
            Self::Usage { .. } => 2,
            Self::Engine { .. } => 3,
            Self::Other(_) => 4,
        }
    }

    /// What to do about it, where that is known.
    pub(crate) fn hint(&self) -> Option<&str> {
        match self {
            Self::Usage { hint, .. } | Self::Engine { hint, .. } => Some(hint),
            Self::Fault(_) | Self::Other(_) => None,
        }
    }
}

impl From<sqlx::Error> for Failure {
    /// Trouble on the way to the database is an engine's; what the database itself says is something else.
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        let starting_or_refusing =
            code.as_deref().is_some_and(|code| code.starts_with("57P") || code == "3D000");
        if starting_or_refusing || matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) {
            return Self::engine(
                format!("the database can't be used: {error}"),
                "is Postgres up, and is DATABASE_URL right? `stagedoor up` starts one of its own",
            );
        }
        Self::other(format!("the database refused: {error}"))
    }
}

/// What failed as the schema's owner: the role may be another one.
pub(crate) fn owner_only(error: sqlx::Error) -> Failure {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    if code.as_deref() == Some(INSUFFICIENT_PRIVILEGE) {
        return Failure::usage(error, "MIGRATE_DATABASE_URL must name the role that owns the schema");
    }
    error.into()
}

impl From<event_store::SchemaError> for Failure {
    fn from(error: event_store::SchemaError) -> Self {
        match error {
            event_store::SchemaError::Database(error) => error.into(),
            event_store::SchemaError::Older { .. } => Self::usage(error, "stagedoor migrate"),
            event_store::SchemaError::Newer { .. } => {
                Self::usage(error, "run the `stagedoor` that migrated it")
            }
            event_store::SchemaError::RolesMissing | event_store::SchemaError::Migration(_) => {
                Self::other(error)
            }
        }
    }
}

impl From<engines::EngineError> for Failure {
    fn from(error: engines::EngineError) -> Self {
        use engines::EngineError as E;
        let hint = match &error {
            E::NotFound { .. } => "`./bootstrap` fetches the engines that are missing",
            E::InUse { .. } => "`stagedoor down` ends it; STAGEDOOR_DATA_DIR names another place",
            E::DataVersion { .. } => "STAGEDOOR_PG_BIN names the programs; `up --reset` throws the data away",
            E::NoAccount { .. } => "DATABASE_URL names a Postgres that runs already",
            E::NotStarted { .. } | E::Helper { .. } => {
                "mend what it complains of; DATABASE_URL and NATS_URL name engines that run already"
            }
            E::NoPort { .. } => "end what holds the ports",
            E::NotStopped { .. } => "end the process by hand, then try again",
            E::Io { .. } => "STAGEDOOR_DATA_DIR names the directory; it must be yours, and not full",
            // The enum may grow.
            _ => "DATABASE_URL and NATS_URL name engines that run already",
        };
        Self::engine(error, hint)
    }
}
