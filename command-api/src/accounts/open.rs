use domain::{Currency, operations::OpenAccount};
use edge::{
    Answered, Problem,
    extract::{Command, Customer, Shape},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::AccountView;
use crate::{admitted::Admitted, asked::Asked};

/// What the account is to hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opening {
    /// ISO 4217.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
}

impl Shape for Opening {}

/// Open an account: one for each currency. Orders with the payment method `wallet` are paid from it.
#[utoipa::path(
    post, path = "/v1/accounts", operation_id = "openAccount", tag = "Accounts",
    security(("bearer" = [])),
    request_body(content = Opening, example = json!({"currency": "EUR"})),
    responses(
        (status = 201, description = "The account, empty", body = AccountView),
        (status = 409, description = "`account-exists`: there is one in this currency"),
    ),
)]
pub(crate) async fn open(
    Admitted(app): Admitted,
    command: Command<Opening, Customer>,
) -> Result<Answered<AccountView>, Problem> {
    let operation = OpenAccount { user: command.caller.user_id, currency: command.body.currency };
    Ok(AccountView::answer(app.execute(command.asked(), operation).await?))
}
