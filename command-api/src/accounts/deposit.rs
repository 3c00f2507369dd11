use domain::{
    AccountId,
    operations::{Actor, DepositFunds},
};
use edge::{
    Answered, FieldError, Problem,
    extract::{Command, Customer, Shape},
};
use identity::Role;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::AccountView;
use crate::{admitted::Admitted, asked::Asked};

/// What came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deposit {
    /// In minor units of the account's currency.
    #[schema(minimum = 1)]
    amount: i64,
}

impl Shape for Deposit {
    fn validate(&self) -> Vec<FieldError> {
        if self.amount >= 1 { vec![] } else { vec![FieldError::new("/amount", "must be at least 1")] }
    }
}

/// Put money into an account: operators say that it came, and where the installation says so, customers do themselves.
#[utoipa::path(
    post, path = "/v1/accounts/{account_id}/deposits", operation_id = "depositFunds", tag = "Accounts",
    security(("bearer" = [])),
    params(("account_id" = uuid::Uuid, Path, description = "The account")),
    request_body(content = Deposit, example = json!({"amount": 5000})),
    responses((status = 201, description = "The account as it is now", body = AccountView)),
)]
pub(crate) async fn deposit(
    Admitted(app): Admitted,
    command: Command<Deposit, Customer, AccountId>,
) -> Result<Answered<AccountView>, Problem> {
    let operator = command.caller.roles.has(Role::Operator);
    if !operator && !app.payments.self_deposit {
        return Err(Problem::forbidden(&[Role::Operator]));
    }
    let by = Actor { user: command.caller.user_id, operator };
    let operation = DepositFunds { account: command.path, amount: command.body.amount, by };
    Ok(AccountView::answer(app.execute(command.asked(), operation).await?))
}
