//! Giving money back, once.

use domain::PaymentId;
use faultpoint::{Sabotage, sabotaged};

use super::{
    Stripe, key,
    objects::{Listed, Refunded},
};
use crate::{ProviderError, Refund, RefundState};

/// What was given back of a charge, newest first; by whomever.
pub(super) struct GivenBack(Vec<Refunded>);

impl Stripe {
    /// Looks first what became of it: keys are forgotten after a day, what was paid back is not. And Stripe gives no more
    /// back than it took, so that another key can't pay twice.
    pub(super) async fn pay_back(&self, refund: &Refund) -> Result<RefundState, ProviderError> {
        let (charge, reference) = (&refund.charge, refund.reference.as_deref());
        let Some(intent) = self.intent(charge, reference).await? else {
            return Ok(RefundState::Failed { reason: "the provider has no such charge".to_owned() });
        };
        let mut back = self.given_back(&intent.id).await?;
        if sabotaged(Sabotage::RefundWithoutLooking) {
            back.0.retain(|refund| !refund.counts());
        }
        let missing = back.missing(charge.amount);
        if missing <= 0 {
            return Ok(back.state());
        }
        if let Some(failed) = back.failed().filter(|_| refund.last_try) {
            return Ok(failed.state());
        }
        let (amount, payment) = (missing.to_string(), charge.payment.to_string());
        let form = [
            ("payment_intent", intent.id.as_str()),
            ("amount", amount.as_str()),
            ("metadata[payment_id]", payment.as_str()),
        ];
        let key = key("refund", &back.name_of_next(charge.payment, missing));
        let made: Refunded = self.http.insist("/v1/refunds", &form, &key).await?;
        let failed = back.failed().map(Refunded::state);
        back.0.insert(0, made);
        Ok(match (back.state(), failed) {
            // Each that failed is told of once.
            (RefundState::Pending, Some(failed)) => failed,
            (state, _) => state,
        })
    }

    pub(super) async fn given_back(&self, intent: &str) -> Result<GivenBack, ProviderError> {
        let refunds: Listed<Refunded> =
            self.http.get("/v1/refunds", &[("payment_intent", intent), ("limit", "100")]).await?;
        Ok(GivenBack(refunds.data))
    }
}

impl GivenBack {
    /// What went, or is about to.
    fn counting(&self) -> impl Iterator<Item = &Refunded> {
        self.0.iter().filter(|refund| refund.counts())
    }

    fn failed(&self) -> Option<&Refunded> {
        self.0.iter().find(|refund| !refund.counts())
    }

    /// What went.
    pub(super) fn gone(&self) -> i64 {
        self.0.iter().filter(|refund| refund.went()).map(|refund| refund.amount).sum()
    }

    /// Less than all may have gone: whoever sees to the provider's own pages can give a part back.
    fn missing(&self, amount: i64) -> i64 {
        amount - self.counting().map(|refund| refund.amount).sum::<i64>()
    }

    /// Of all of them together: what is told of the newest, unless an older one has yet to go.
    fn state(&self) -> RefundState {
        let waiting = self.counting().find(|refund| !refund.went());
        let newest = waiting.or_else(|| self.0.first());
        newest.map_or(RefundState::Pending, Refunded::state)
    }

    /// Names the next. One that failed would be the answer for another day under its name: the next goes by another, and
    /// by the same as long as its answer is awaited. So does what is left to be given back after a part.
    fn name_of_next(&self, payment: PaymentId, missing: i64) -> String {
        let part = self.counting().next().map(|_| format!("-rest-{missing}")).unwrap_or_default();
        match self.failed().filter(|_| !sabotaged(Sabotage::SameRefundForEver)) {
            Some(failed) => format!("{payment}{part}-after-{}", failed.id),
            None => format!("{payment}{part}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn refund(id: &str, amount: i64, status: &str) -> Refunded {
        serde_json::from_value(json!({ "id": id, "amount": amount, "status": status })).unwrap()
    }

    #[test]
    fn a_refund_goes_by_one_name_until_it_failed_and_by_the_next_until_that_did() {
        let payment = PaymentId::from(Uuid::from_u128(7));
        let failed = |id| refund(id, 2_200, "failed");
        let part = || refund("re_3", 700, "succeeded");
        let histories = [
            vec![],
            vec![failed("re_1")],
            vec![failed("re_2"), failed("re_1")],
            vec![part()],
            vec![failed("re_4"), part()],
        ];
        let mut names: Vec<String> = Vec::new();
        for history in histories {
            let back = GivenBack(history);
            let name = back.name_of_next(payment, back.missing(2_200));
            assert_eq!(name, back.name_of_next(payment, back.missing(2_200)));
            assert!(!names.contains(&name), "{name}");
            names.push(name);
        }
    }

    #[test]
    fn money_has_gone_when_all_of_it_has() {
        let state = |refunds| GivenBack(refunds).state();
        let went = |id: &str| RefundState::Succeeded { reference: id.to_owned() };
        assert_eq!(state(vec![refund("re_1", 2_200, "succeeded")]), went("re_1"));
        assert_eq!(
            state(vec![refund("re_2", 1_500, "succeeded"), refund("re_1", 700, "succeeded")]),
            went("re_2")
        );
        let waits = vec![refund("re_2", 1_500, "succeeded"), refund("re_1", 700, "pending")];
        assert_eq!(state(waits), RefundState::Pending);
        let back = GivenBack(vec![refund("re_2", 2_200, "failed"), refund("re_1", 700, "succeeded")]);
        assert_eq!(back.missing(2_200), 1_500);
    }
}
