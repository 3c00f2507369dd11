//! Why identity refused.

/// A field that breaks a rule, by its name in the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// `email`, `password` or `name`.
    pub field: &'static str,
    /// The rule, in words for the caller.
    pub detail: &'static str,
}

/// Why identity refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields that break their rules, all of them.
    #[error("{} fields break their rules", .0.len())]
    Invalid(Vec<Broken>),
    /// Another user has this e-mail address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// No such user, or another password: callers can't tell which.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// Nobody has this id.
    #[error("unknown user")]
    UnknownUser,
    /// More passwords wait to be hashed than will be done in time; try again.
    #[error("too many sign-ins at once")]
    Busy,
    /// Hashing failed for a reason of its own.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// Postgres failed or is away.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}
