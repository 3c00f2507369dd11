//! What a provider is asked for, and what it says became of it.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::{Currency, OrderId, PaymentId};
use serde::Deserialize;

/// Money that a customer is to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The payment; from it the key follows under which the provider takes a repeated request for the same one.
    pub payment: PaymentId,
    /// What is paid for.
    pub order: OrderId,
    /// In minor units.
    pub amount: i64,
    /// Its currency.
    pub currency: Currency,
    /// When it was asked for first; from then on it may be found in the provider's list.
    pub requested_at: DateTime<Utc>,
}

/// With what the browser of the customer who pays goes on at the provider's. Whoever has it can pay, and see what with:
/// it is for nobody else, and for no log.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Shows nothing of it.
impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret")
    }
}

/// Where a charge stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeState {
    /// The customer, or the bank, has yet to do something.
    Pending {
        /// How the provider calls it.
        reference: String,
        /// With what the customer's browser goes on.
        client_secret: Option<ClientSecret>,
    },
    /// The money was taken.
    Succeeded {
        /// How the provider calls it.
        reference: String,
    },
    /// It was not and will not be.
    Failed {
        /// How the provider calls it.
        reference: String,
        /// Why, in the provider's words.
        reason: String,
    },
}

/// Money that a customer is to get back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// What was charged.
    pub charge: Charge,
    /// How the provider calls the charge, where that is known.
    pub reference: Option<String>,
    /// Whether nobody asks again by itself: one that failed is then told of, and not made anew, since nobody would hear
    /// what becomes of it.
    pub last_try: bool,
}

/// Where a refund stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundState {
    /// The bank has yet to do something.
    Pending,
    /// The money is on its way to the customer, and can't be called back.
    Succeeded {
        /// How the provider calls it.
        reference: String,
    },
    /// One did not go, and does not by itself. Unless this was the last try, another one may have been made, which whoever
    /// asks again hears of.
    Failed {
        /// Why, in the provider's words.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_secret_is_not_to_be_seen_by_looking_at_what_holds_it() {
        let secret: ClientSecret = serde_json::from_str(r#""pi_1_secret_x""#).unwrap();
        assert_eq!(secret.reveal(), "pi_1_secret_x");
        let pending = ChargeState::Pending { reference: "pi_1".to_owned(), client_secret: Some(secret) };
        assert!(!format!("{pending:?} {pending:#?}").contains("secret_x"));
    }
}
