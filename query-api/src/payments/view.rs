//! A payment to those who ask for it by name.

use projections::payments::PaymentView;
use serde::Serialize;
use utoipa::ToSchema;

/// A payment, and how its customer goes on with it.
// No Debug: nothing is to write it into a log.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaymentDetails {
    #[serde(flatten)]
    pub(crate) payment: PaymentView,
    /// Only for the customer who is to pay by card, and only while the payment is pending: with what their browser goes
    /// on at the provider's, where charges are not confirmed otherwise. It is there as soon as the provider was asked,
    /// shortly after the order: `min_position` does not wait for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pi_3V5_secret_9x")]
    pub(crate) client_secret: Option<String>,
}
