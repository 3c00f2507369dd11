//! What the log says of money, booked as it is written: by this file's knowledge of the events, not by the states that
//! the domain makes of them.

use std::collections::BTreeMap;

use domain::{AccountEvent, AccountId, DomainEvent, NewEvent, PaymentEvent, PaymentId};

use super::books::stored;

/// What happened to the money of a payment, and how often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Booked {
    /// What is to be paid.
    pub(crate) amount: i64,
    pub(crate) taken: usize,
    pub(crate) asked_back: usize,
    pub(crate) given_back: usize,
    /// What an account lost by it, and got back.
    pub(crate) debited: i64,
    pub(crate) credited: i64,
}

/// What went through an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    pub(crate) deposited: i64,
    pub(crate) debited: i64,
    pub(crate) credited: i64,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    payments: BTreeMap<PaymentId, Booked>,
    accounts: BTreeMap<AccountId, Passed>,
}

impl Ledger {
    pub(crate) fn book(&mut self, event: &NewEvent) {
        match DomainEvent::decode(event.stream, stored(event)).unwrap() {
            DomainEvent::Payment(payment, event) => self.payment(payment, &event),
            DomainEvent::Account(account, event) => self.account(account, &event),
            DomainEvent::Show(..)
            | DomainEvent::Inventory(..)
            | DomainEvent::Order(..)
            | DomainEvent::Ticket(..) => {}
        }
    }

    pub(crate) fn of(&self, payment: PaymentId) -> Booked {
        self.payments.get(&payment).copied().unwrap_or_default()
    }

    pub(crate) fn through(&self, account: AccountId) -> Passed {
        self.accounts.get(&account).copied().unwrap_or_default()
    }

    fn payment(&mut self, payment: PaymentId, event: &PaymentEvent) {
        let booked = self.payments.entry(payment).or_default();
        match event {
            PaymentEvent::PaymentRequested(request) => booked.amount += request.amount,
            PaymentEvent::PaymentSucceeded { .. } => booked.taken += 1,
            PaymentEvent::PaymentRefundRequested { .. } => booked.asked_back += 1,
            PaymentEvent::PaymentRefunded { .. } => booked.given_back += 1,
            PaymentEvent::PaymentFailed { .. } | PaymentEvent::PaymentCancelled {} => {}
        }
    }

    fn account(&mut self, account: AccountId, event: &AccountEvent) {
        let passed = self.accounts.entry(account).or_default();
        match event {
            AccountEvent::AccountOpened { .. } => {}
            AccountEvent::FundsDeposited { amount, .. } => passed.deposited += amount,
            AccountEvent::FundsDebited { amount, payment, .. } => {
                passed.debited += amount;
                self.payments.entry(*payment).or_default().debited += amount;
            }
            AccountEvent::FundsCredited { amount, payment, .. } => {
                passed.credited += amount;
                self.payments.entry(*payment).or_default().credited += amount;
            }
        }
    }
}
