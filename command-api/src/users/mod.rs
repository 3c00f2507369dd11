//! Users and their roles.

pub(crate) mod create;
pub(crate) mod set_roles;
