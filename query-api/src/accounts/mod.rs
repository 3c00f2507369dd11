//! Accounts: seen by whoever has them, and by operators.

pub(crate) mod entries;
pub(crate) mod get;
pub(crate) mod list;

use domain::{AccountId, StreamId};
use edge::{Problem, extract::Caller};
use projections::{
    Model, Viewer,
    accounts::{self, AccountView},
};

use crate::{reading::Reading, viewer::viewer};

/// What answers about accounts are made of.
const MODELS: [Model; 1] = [Model::Accounts];

/// The account, if it is the caller's business.
async fn visible(reading: &mut Reading, account: AccountId, caller: &Caller) -> Result<AccountView, Problem> {
    let found = accounts::get(reading, account, viewer(caller)).await?;
    let hidden = found.is_none() && accounts::get(reading, account, Viewer::Operator).await?.is_some();
    reading.judge(found, hidden, &[(Model::Accounts, StreamId::account(account))]).await
}
