//! An account: a customer's money here, in one currency.
//!
//! ```text
//! NotOpened ── open ──▶ Open ──┬── deposit, credit ──▶ more
//!                              └── debit ────────────▶ less, never below zero
//! ```
//!
//! That a payment debits once and a refund credits once is the payment's rule: it changes in the same operation.

use serde::{Deserialize, Serialize};

use crate::{Currency, Decider, OrderId, PaymentId, UserId};

/// The state of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Account {
    /// Nothing happened yet.
    #[default]
    NotOpened,
    /// Money may come and go.
    Open {
        /// Whose it is.
        user: UserId,
        /// Of what.
        currency: Currency,
        /// How much there is, in minor units; never negative.
        balance: i64,
    },
}

/// What can be asked of an account.
#[derive(Debug, Clone, Copy)]
pub enum AccountCommand {
    /// Bring it into being.
    Open {
        /// Whose it is.
        user: UserId,
        /// Of what.
        currency: Currency,
    },
    /// Money came from outside.
    Deposit {
        /// In minor units.
        amount: i64,
    },
    /// A payment is made from it.
    Debit {
        /// In minor units.
        amount: i64,
        /// The payment.
        payment: PaymentId,
        /// What is paid for.
        order: OrderId,
    },
    /// A payment that was made from it is paid back.
    Credit {
        /// In minor units.
        amount: i64,
        /// The payment.
        payment: PaymentId,
        /// What was paid for.
        order: OrderId,
    },
}

/// What can have happened to an account. Stored for ever: a variant or an optional field may be added, never renamed
/// or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountEvent {
    /// It came into being, empty.
    AccountOpened {
        /// Whose it is.
        user: UserId,
        /// Of what.
        currency: Currency,
    },
    /// Money came from outside.
    FundsDeposited {
        /// In minor units.
        amount: i64,
        /// Its currency.
        currency: Currency,
    },
    /// A payment was made from it.
    FundsDebited {
        /// In minor units.
        amount: i64,
        /// Its currency.
        currency: Currency,
        /// The payment.
        payment: PaymentId,
        /// What was paid for.
        order: OrderId,
    },
    /// A payment that was made from it was paid back.
    FundsCredited {
        /// In minor units.
        amount: i64,
        /// Its currency.
        currency: Currency,
        /// The payment.
        payment: PaymentId,
        /// What was paid for.
        order: OrderId,
    },
}

/// Why an account says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountRefusal {
    /// There is no such account.
    NotOpened,
    /// The customer has one in this currency.
    Exists,
    /// Nothing, or less, can't be moved.
    NotPositive,
    /// There would be more than an amount can hold.
    TooMuch,
    /// There is less than is to be paid.
    InsufficientFunds {
        /// How much there is.
        balance: i64,
    },
}

impl Decider for Account {
    type Command<'a> = AccountCommand;
    type Event = AccountEvent;
    type Refusal = AccountRefusal;

    fn decide(&self, command: AccountCommand) -> Result<Vec<AccountEvent>, AccountRefusal> {
        match command {
            AccountCommand::Open { user, currency } => self.open(user, currency),
            AccountCommand::Deposit { amount } => self.deposit(amount),
            AccountCommand::Debit { amount, payment, order } => self.debit(amount, payment, order),
            AccountCommand::Credit { amount, payment, order } => self.credit(amount, payment, order),
        }
    }

    fn evolve(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::AccountOpened { user, currency } => {
                *self = Self::Open { user: *user, currency: *currency, balance: 0 };
            }
            AccountEvent::FundsDeposited { amount, .. } | AccountEvent::FundsCredited { amount, .. } => {
                self.change(*amount);
            }
            AccountEvent::FundsDebited { amount, .. } => self.change(-amount),
        }
    }
}

impl Account {
    /// See [`crate::State::snapshot_schema`].
    pub const SNAPSHOT_SCHEMA: i16 = 1;

    fn open(&self, user: UserId, currency: Currency) -> Result<Vec<AccountEvent>, AccountRefusal> {
        match self {
            Self::NotOpened => Ok(vec![AccountEvent::AccountOpened { user, currency }]),
            Self::Open { .. } => Err(AccountRefusal::Exists),
        }
    }

    fn deposit(&self, amount: i64) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let currency = self.with_more(amount)?;
        Ok(vec![AccountEvent::FundsDeposited { amount, currency }])
    }

    fn debit(
        &self,
        amount: i64,
        payment: PaymentId,
        order: OrderId,
    ) -> Result<Vec<AccountEvent>, AccountRefusal> {
        match *self {
            Self::NotOpened => Err(AccountRefusal::NotOpened),
            Self::Open { .. } if amount <= 0 => Err(AccountRefusal::NotPositive),
            Self::Open { balance, .. } if balance < amount => {
                Err(AccountRefusal::InsufficientFunds { balance })
            }
            Self::Open { currency, .. } => {
                Ok(vec![AccountEvent::FundsDebited { amount, currency, payment, order }])
            }
        }
    }

    fn credit(
        &self,
        amount: i64,
        payment: PaymentId,
        order: OrderId,
    ) -> Result<Vec<AccountEvent>, AccountRefusal> {
        let currency = self.with_more(amount)?;
        Ok(vec![AccountEvent::FundsCredited { amount, currency, payment, order }])
    }

    /// The currency, if so much more has room.
    fn with_more(&self, amount: i64) -> Result<Currency, AccountRefusal> {
        match *self {
            Self::NotOpened => Err(AccountRefusal::NotOpened),
            Self::Open { .. } if amount <= 0 => Err(AccountRefusal::NotPositive),
            Self::Open { currency, balance, .. } => {
                balance.checked_add(amount).map(|_| currency).ok_or(AccountRefusal::TooMuch)
            }
        }
    }

    fn change(&mut self, by: i64) {
        if let Self::Open { balance, .. } = self {
            *balance = balance.saturating_add(by);
        }
    }

    /// See [`crate::Aggregate::weight`].
    #[must_use]
    pub fn approximate_bytes(&self) -> usize {
        size_of::<Self>()
    }
}
