//! An account as its owner is answered.

use domain::{AccountId, Currency, operations::AccountSummary};
use edge::Answered;
use event_store::{Committed, Position};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::answered;

/// A customer's money here, in one currency.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub(crate) struct AccountView {
    #[schema(value_type = uuid::Uuid)]
    account_id: AccountId,
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// What there is, in minor units; never negative.
    balance: i64,
    /// The log position of the last event.
    #[schema(value_type = i64)]
    position: Position,
}

impl AccountView {
    pub(super) fn answer(committed: Committed<AccountSummary>) -> Answered<Self> {
        answered(
            StatusCode::CREATED,
            committed,
            |AccountSummary { account_id, currency, balance }, position| Self {
                account_id,
                currency,
                balance,
                position,
            },
        )
    }
}
