//! Roles, and sets of them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a user may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Buys tickets; every user is one.
    Customer,
    /// Sells shows.
    Organizer,
    /// Runs the box office: approves payments, sees all orders.
    Operator,
    /// May do everything, and changes roles.
    Admin,
}

/// A text that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a role: customer, organizer, operator or admin")]
pub struct UnknownRole;

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Organizer, Self::Operator, Self::Admin];

    /// The role as it is written in JSON, in the database and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Organizer => "organizer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// A set of roles; `customer` is always in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Default for Roles {
    fn default() -> Self {
        Self(Role::Customer.bit())
    }
}

impl Roles {
    /// Whether a user with these roles may act as `role`: admins may act as anyone.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.contains(role) || self.contains(Role::Admin)
    }

    /// Whether exactly this role is in the set.
    #[must_use]
    pub const fn contains(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// The set with one more role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// The roles in the set, the least first.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }

    pub(crate) fn to_column(self) -> Vec<&'static str> {
        self.iter().map(Role::as_str).collect()
    }

    /// What this version does not know grants nothing.
    pub(crate) fn from_column(column: &[String]) -> Self {
        column.iter().filter_map(|text| text.parse().ok()).collect()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::default(), Self::with)
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self::default().with(role)
    }
}

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Role>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_is_a_customer() {
        assert!(Roles::from_iter([]).has(Role::Customer));
        assert_eq!(Roles::from(Role::Organizer).to_column(), ["customer", "organizer"]);
    }

    #[test]
    fn an_admin_may_act_in_every_role_and_nobody_else_does() {
        assert!(Role::ALL.into_iter().all(|role| Roles::from(Role::Admin).has(role)));
        assert!(!Roles::from(Role::Operator).has(Role::Organizer));
        assert!(!Roles::default().has(Role::Admin));
    }

    #[test]
    fn a_role_in_the_database_that_is_unknown_here_grants_nothing() {
        assert_eq!(Roles::from_column(&["owner".to_owned()]), Roles::default());
    }

    #[test]
    fn a_role_reads_back_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            assert_eq!(role.to_string(), role.as_str());
        }
        assert_eq!("Admin".parse::<Role>(), Err(UnknownRole));
    }
}
