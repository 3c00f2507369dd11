//! What every provider can be asked.

use std::time::Duration;

use futures::future::BoxFuture;

use crate::{Charge, ChargeState, Refund, RefundState};

/// The answer to come.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, ProviderError>>;

/// Why there is no answer. Whether anything happened is then unknown; the same request, repeated, happens once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It was not reached, did not answer in time, or said that it can't now.
    #[error("the provider does not answer: {reason}")]
    Unavailable {
        /// What was seen of it.
        reason: String,
        /// How long it wants to be left alone, if it said so.
        retry_after: Option<Duration>,
    },
    /// It understood and will not: repeating it changes nothing.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// It answered what nobody here can read.
    #[error("the provider's answer can't be read: {0}")]
    Unreadable(String),
}

/// Somebody who takes money for us.
///
/// Every request is made under a key that follows from the payment, so that the provider does what is repeated once.
/// Providers forget keys after a day: what is older is looked for first. Until then they answer under a key what they
/// answered first, errors, too: what failed is asked for under another, where that can't do it twice.
pub trait Provider: Send + Sync {
    /// Takes the money, or begins to.
    fn charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, ChargeState>;

    /// Where a charge stands; `None` if the provider has never heard of it. Changes nothing.
    fn find<'a>(&'a self, charge: &'a Charge, reference: Option<&'a str>) -> Answer<'a, Option<ChargeState>>;

    /// Sees to it that a charge that is not wanted any more does not happen: what it came to, `None` if the provider
    /// has never heard of it.
    fn cancel<'a>(
        &'a self,
        charge: &'a Charge,
        reference: Option<&'a str>,
    ) -> Answer<'a, Option<ChargeState>>;

    /// Pays back, in full; once more if it failed before.
    fn refund<'a>(&'a self, refund: &'a Refund) -> Answer<'a, RefundState>;
}
