//! Money comes into an account from outside.

use super::{AccountSummary, Actor};
use crate::{Account, AccountId, Operation, Refusal, States, StreamId, UnitOfWork, account::AccountCommand};

/// Put money into an account. Repeated with the same command id, it happens once.
#[derive(Debug, Clone, Copy)]
pub struct DepositFunds {
    /// The account.
    pub account: AccountId,
    /// How much, in minor units.
    pub amount: i64,
    /// Who says that it came.
    pub by: Actor,
}

impl Operation for DepositFunds {
    type Answer = AccountSummary;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![StreamId::account(self.account)]
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<AccountSummary, Refusal> {
        match work.state::<Account>(self.account)? {
            Account::Open { user, .. } if self.by.may_act_for(*user) => {}
            Account::Open { .. } | Account::NotOpened => return Err(Refusal::NotFound),
        }
        work.decide::<Account>(self.account, AccountCommand::Deposit { amount: self.amount })?;
        AccountSummary::of(self.account, work)
    }
}
