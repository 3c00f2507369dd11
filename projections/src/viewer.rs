//! Whose business something is.

use domain::UserId;
use uuid::Uuid;

/// Who asks, as far as it matters for what they may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Sees what is their own.
    Customer(UserId),
    /// Sees, besides what is their own, what belongs to their shows.
    Organizer(UserId),
    /// Sees everything.
    Operator,
}

impl Viewer {
    pub(crate) fn customer(self) -> Option<Uuid> {
        match self {
            Self::Customer(user) | Self::Organizer(user) => Some(user.uuid()),
            Self::Operator => None,
        }
    }

    pub(crate) fn organizer(self) -> Option<Uuid> {
        match self {
            Self::Organizer(user) => Some(user.uuid()),
            Self::Customer(_) | Self::Operator => None,
        }
    }

    pub(crate) fn sees_all(self) -> bool {
        match self {
            Self::Operator => true,
            Self::Customer(_) | Self::Organizer(_) => false,
        }
    }
}
