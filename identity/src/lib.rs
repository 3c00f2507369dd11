//! Users, sessions, roles.
//!
//! Personal data stays in these tables: the log, stored answers and log lines name users by id alone, and every type
//! here that holds an e-mail address, a name, a password or a token hides it from `Debug`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod erasure;
mod error;
mod held;
mod identity;
mod password;
mod role;
mod token;
mod user;

pub use erasure::{
    CaseReference, ERASED, EraseError, Erased, Erasure, Ground, NotACase, erase, erasure_of, user_with_email,
};
pub use error::{Broken, Error};
pub use held::{HeldSession, Profile, RoleChange, profile, role_changes, sessions};
pub use identity::{Caller, Identity, Session};
pub use role::{Role, Roles, UnknownRole};
pub use token::Token;
pub use user::{NewUser, User, broken_email, broken_name, broken_password, normalised_email};
