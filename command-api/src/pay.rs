//! How customers may pay here.

use providers::signature::Secrets;

/// What an installation takes.
#[derive(Debug, Clone, Default)]
pub struct Payments {
    /// Whether somebody takes cards for it.
    pub takes_cards: bool,
    /// Whether customers may say themselves that money came into their accounts.
    pub self_deposit: bool,
    /// What providers sign their callbacks with; without, none is believed.
    pub callback_secrets: Option<Secrets>,
    /// What Stripe signs its events with; without, none is believed.
    pub stripe_secrets: Option<Secrets>,
}
