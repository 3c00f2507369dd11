//! The money went back: by the provider who took it, by hand, or into the account it came from.

use super::{PaymentSummary, settle};
use crate::{
    Account, AccountId, Operation, Order, OrderStatus, Payment, PaymentId, PaymentMethod, PaymentStatus,
    Refusal, States, StreamId, UnitOfWork,
    account::AccountCommand,
    order::OrderCommand,
    payment::{PaymentCommand, PaymentRequest},
};

/// Record that a refund that was asked for has been paid out; for a wallet, pay it out.
#[derive(Debug, Clone)]
pub struct CompleteRefund {
    /// The payment.
    pub payment: PaymentId,
    /// How whoever paid it back calls that.
    pub reference: Option<String>,
}

impl Operation for CompleteRefund {
    type Answer = PaymentSummary;

    fn streams(&self, known: &dyn States) -> Vec<StreamId> {
        let mut streams = settle::streams_of_payment(self.payment, known);
        if let Some(request) = known.known::<Payment>(self.payment).and_then(Payment::requested) {
            streams.push(StreamId::account(AccountId::of(request.customer, request.currency)));
        }
        streams
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<PaymentSummary, Refusal> {
        let request = settle::requested(work, self.payment)?;
        work.correlate(request.order.uuid());
        if work.state::<Payment>(self.payment)?.status() == Some(PaymentStatus::Refunded) {
            return PaymentSummary::of(self.payment, work);
        }
        let refund = PaymentCommand::Refund { reference: self.reference.clone() };
        work.decide::<Payment>(self.payment, refund)?;
        self.credit(work, &request)?;
        // A payment that came too late for its order is paid back without it.
        if work.state::<Order>(request.order)?.status() == Some(OrderStatus::Confirmed) {
            work.decide::<Order>(request.order, OrderCommand::Refund)?;
        }
        PaymentSummary::of(self.payment, work)
    }
}

impl CompleteRefund {
    fn credit(&self, work: &mut UnitOfWork<'_>, request: &PaymentRequest) -> Result<(), Refusal> {
        match request.method {
            PaymentMethod::Manual | PaymentMethod::Card => Ok(()),
            PaymentMethod::Wallet if request.amount == 0 => Ok(()),
            PaymentMethod::Wallet => {
                let account = AccountId::of(request.customer, request.currency);
                let (amount, payment, order) = (request.amount, self.payment, request.order);
                work.decide::<Account>(account, AccountCommand::Credit { amount, payment, order })
            }
        }
    }
}
