//! Those who take money for us: what they are asked, and how their messages are known to be theirs.
//!
//! Nothing here knows the log. A provider's answer is one of three: it happened, it did not and will not, or nobody
//! knows yet. The third is a state, not an error: whoever asked asks again.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod charge;
mod manual;
mod provider;
pub mod signature;
pub mod stripe;

pub use charge::{Charge, ChargeState, ClientSecret, Refund, RefundState};
pub use manual::Manual;
pub use provider::{Answer, Provider, ProviderError};
