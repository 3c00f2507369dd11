//! Money that people see come and go: an operator says when it came, and sends it back by hand.

use futures::FutureExt;

use crate::{Answer, Charge, ChargeState, Provider, Refund, RefundState};

/// The provider that asks nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manual;

impl Provider for Manual {
    fn charge<'a>(&'a self, charge: &'a Charge) -> Answer<'a, ChargeState> {
        let pending = ChargeState::Pending { reference: charge.payment.to_string(), client_secret: None };
        async { Ok(pending) }.boxed()
    }

    fn find<'a>(&'a self, _: &'a Charge, _: Option<&'a str>) -> Answer<'a, Option<ChargeState>> {
        async { Ok(None) }.boxed()
    }

    fn cancel<'a>(&'a self, _: &'a Charge, _: Option<&'a str>) -> Answer<'a, Option<ChargeState>> {
        async { Ok(None) }.boxed()
    }

    /// Whoever asks for the refund of a manual payment has seen to it, or is about to.
    fn refund<'a>(&'a self, refund: &'a Refund) -> Answer<'a, RefundState> {
        let done = RefundState::Succeeded { reference: refund.charge.payment.to_string() };
        async { Ok(done) }.boxed()
    }
}
