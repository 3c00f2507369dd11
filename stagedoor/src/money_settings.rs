//! How customers may pay, as it can be set.
#![expect(clippy::doc_markdown, reason = "these comments are what `--help` prints")]

use std::{fmt, sync::Arc};

use clap::Args;
use command_api::Payments;
use providers::{
    Provider,
    signature::Secrets,
    stripe::{Options, Stripe},
};

use crate::failure::Failure;

/// Who takes money, and how their messages are known to be theirs.
#[derive(Clone, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct MoneySettings {
    /// What providers sign their callbacks with: whsec_ and the key in base64; several by commas. Without, none is believed
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_CALLBACK_SECRET",
        hide_env_values = true,
        value_name = "SECRETS"
    )]
    pub(crate) callback_secret: Option<String>,

    /// Customers may say themselves that money came into their accounts. Default: false; for `up`, true
    #[arg(long, global = true, env = "STAGEDOOR_SELF_DEPOSIT", action = clap::ArgAction::Set, value_name = "true|false")]
    pub(crate) self_deposit: Option<bool>,

    /// Where Stripe, or what speaks like it, is
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_STRIPE_URL",
        default_value = "https://api.stripe.com",
        value_name = "URL"
    )]
    pub(crate) stripe_url: String,

    /// Stripe's secret key, sk_…. Without, no cards are taken
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_STRIPE_SECRET_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub(crate) stripe_secret_key: Option<String>,

    /// What Stripe signs its events with, whsec_…; several by commas. Without, none is believed
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_STRIPE_WEBHOOK_SECRET",
        hide_env_values = true,
        value_name = "SECRETS"
    )]
    pub(crate) stripe_webhook_secret: Option<String>,

    /// With what charges are confirmed at once, such as pm_card_visa in tests. Without, the customer's browser confirms them
    #[arg(long, global = true, env = "STAGEDOOR_STRIPE_PAYMENT_METHOD", value_name = "ID")]
    pub(crate) stripe_payment_method: Option<String>,
}

/// Shows no secret.
impl fmt::Debug for MoneySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MoneySettings").field("stripe_url", &self.stripe_url).finish_non_exhaustive()
    }
}

impl MoneySettings {
    /// What command-api takes and believes.
    pub(crate) fn payments(&self) -> Result<Payments, Failure> {
        let standard = self.callback_secret.as_deref().filter(|text| !text.is_empty()).map(Secrets::standard);
        let stripe =
            self.stripe_webhook_secret.as_deref().filter(|text| !text.is_empty()).map(Secrets::stripe);
        let named = |name: &'static str| move |error| wrong(name, &error);
        Ok(Payments {
            takes_cards: self.stripe_secret_key().is_some(),
            self_deposit: self.self_deposit.unwrap_or(false),
            callback_secrets: standard.transpose().map_err(named("STAGEDOOR_CALLBACK_SECRET"))?,
            stripe_secrets: stripe.transpose().map_err(named("STAGEDOOR_STRIPE_WEBHOOK_SECRET"))?,
        })
    }

    /// As whom Stripe is spoken to; what is set to nothing is not set.
    pub(crate) fn stripe_secret_key(&self) -> Option<&str> {
        self.stripe_secret_key.as_deref().filter(|key| !key.is_empty())
    }

    /// Who takes cards, if anybody does.
    pub(crate) fn card(&self) -> Result<Option<Arc<dyn Provider>>, Failure> {
        Ok(self.stripe()?.map(|stripe| Arc::new(stripe) as Arc<dyn Provider>))
    }

    /// The same, with its books.
    pub(crate) fn stripe(&self) -> Result<Option<Stripe>, Failure> {
        let Some(secret_key) = self.stripe_secret_key().map(str::to_owned) else { return Ok(None) };
        let payment_method = self.stripe_payment_method.clone().filter(|method| !method.is_empty());
        let options = Options { base: self.stripe_url.clone(), secret_key, payment_method };
        Stripe::new(options).map(Some).map_err(|error| wrong("STAGEDOOR_STRIPE_URL", &error))
    }
}

fn wrong(name: &str, error: &dyn fmt::Display) -> Failure {
    Failure::usage(format!("{name} can't be used: {error}"), "docs/configuration.md lists every setting")
}
