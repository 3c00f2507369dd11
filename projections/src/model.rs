//! Which read models there are.

use std::{fmt, str::FromStr};

use crate::{
    accounts::Accounts, inventory::Inventory, ledger::Ledger, orders::Orders, payments::Payments,
    read_model::ReadModel, shows::Shows,
};

/// A read model, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Model {
    /// [`Shows`].
    Shows,
    /// [`Inventory`].
    Inventory,
    /// [`Orders`].
    Orders,
    /// [`Payments`].
    Payments,
    /// [`Accounts`].
    Accounts,
    /// [`Ledger`].
    Ledger,
}

/// A name that no read model has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no projection `{0}`; there are shows, inventory, orders, payments, accounts and ledger")]
pub struct UnknownProjection(pub String);

impl Model {
    /// Every one of them.
    pub const ALL: [Self; 6] =
        [Self::Shows, Self::Inventory, Self::Orders, Self::Payments, Self::Accounts, Self::Ledger];

    /// The name of its checkpoint.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shows => Shows::NAME,
            Self::Inventory => Inventory::NAME,
            Self::Orders => Orders::NAME,
            Self::Payments => Payments::NAME,
            Self::Accounts => Accounts::NAME,
            Self::Ledger => Ledger::NAME,
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Model {
    type Err = UnknownProjection;

    fn from_str(text: &str) -> Result<Self, UnknownProjection> {
        Self::ALL
            .into_iter()
            .find(|model| model.name() == text)
            .ok_or_else(|| UnknownProjection(text.to_owned()))
    }
}
