//! The rules of an account.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

mod support;

use domain::{
    Account, AccountEvent, AccountId, Currency, Decider,
    account::{AccountCommand, AccountRefusal},
};
use proptest::prelude::*;
use support::{customer, order_id, payment_id, spec::given};

const CURRENCY: Currency = Currency::EUR;

fn opened() -> AccountEvent {
    AccountEvent::AccountOpened { user: customer(1), currency: CURRENCY }
}

fn deposited(amount: i64) -> AccountEvent {
    AccountEvent::FundsDeposited { amount, currency: CURRENCY }
}

fn debit(amount: i64) -> AccountCommand {
    AccountCommand::Debit { amount, payment: payment_id(1), order: order_id(1) }
}

fn credit(amount: i64) -> AccountCommand {
    AccountCommand::Credit { amount, payment: payment_id(1), order: order_id(1) }
}

fn balance(account: Account) -> i64 {
    let Account::Open { balance, .. } = account else { panic!("{account:?}") };
    balance
}

#[test]
fn a_user_has_one_account_in_a_currency() {
    let open = || AccountCommand::Open { user: customer(1), currency: CURRENCY };
    given::<Account>([]).when(open()).then([opened()]);
    given::<Account>([opened()]).when(open()).then_refused(AccountRefusal::Exists);
    let id = AccountId::of(customer(1), CURRENCY);
    assert_eq!(id, AccountId::of(customer(1), CURRENCY));
    assert_ne!(id, AccountId::of(customer(1), Currency::GBP));
    assert_ne!(id, AccountId::of(customer(2), CURRENCY));
}

#[test]
fn what_comes_goes_and_comes_back_is_what_there_is() {
    let account = given::<Account>([opened(), deposited(500)]).when(debit(300)).state();
    assert_eq!(balance(account), 200);
    let mut account = account;
    for event in account.decide(credit(300)).unwrap() {
        account.evolve(&event);
    }
    assert_eq!(balance(account), 500);
}

#[test]
fn more_than_there_is_is_not_paid() {
    let refusal = AccountRefusal::InsufficientFunds { balance: 500 };
    given::<Account>([opened(), deposited(500)]).when(debit(501)).then_refused(refusal);
    assert!(given::<Account>([opened(), deposited(500)]).state().decide(debit(500)).is_ok());
}

#[test]
fn nothing_and_less_can_t_be_moved_and_nowhere_is_no_account() {
    for command in [|amount| AccountCommand::Deposit { amount }, debit, credit] {
        for amount in [0, -1, i64::MIN] {
            given::<Account>([opened()]).when(command(amount)).then_refused(AccountRefusal::NotPositive);
        }
        given::<Account>([]).when(command(1)).then_refused(AccountRefusal::NotOpened);
    }
}

#[test]
fn a_balance_beyond_what_an_amount_can_hold_is_refused() {
    for command in [AccountCommand::Deposit { amount: 1 }, credit(1)] {
        given::<Account>([opened(), deposited(i64::MAX)]).when(command).then_refused(AccountRefusal::TooMuch);
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_the_balance_is_the_sum_of_what_happened_and_never_negative(
        asked in prop::collection::vec((0..3_u8, -5..200_i64), 0..60)
    ) {
        let mut account = Account::default();
        account.evolve(&opened());
        let mut sum = 0;
        for (kind, amount) in asked {
            let command = match kind {
                0 => AccountCommand::Deposit { amount },
                1 => debit(amount),
                _ => credit(amount),
            };
            let Ok(events) = account.decide(command) else { continue };
            for event in &events {
                account.evolve(event);
                sum += if kind == 1 { -amount } else { amount };
            }
            prop_assert!(balance(account) >= 0);
            prop_assert_eq!(balance(account), sum);
        }
    }
}
