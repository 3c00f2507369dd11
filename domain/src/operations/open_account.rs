//! A customer opens an account, once per currency.

use super::AccountSummary;
use crate::{
    Account, AccountId, Currency, Operation, Refusal, States, StreamId, UnitOfWork, UserId,
    account::AccountCommand,
};

/// Open an account.
#[derive(Debug, Clone, Copy)]
pub struct OpenAccount {
    /// Whose it is to be.
    pub user: UserId,
    /// Its currency.
    pub currency: Currency,
}

impl Operation for OpenAccount {
    type Answer = AccountSummary;

    fn streams(&self, _: &dyn States) -> Vec<StreamId> {
        vec![StreamId::account(AccountId::of(self.user, self.currency))]
    }

    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<AccountSummary, Refusal> {
        let account = AccountId::of(self.user, self.currency);
        let open = AccountCommand::Open { user: self.user, currency: self.currency };
        work.decide::<Account>(account, open)?;
        AccountSummary::of(account, work)
    }
}
