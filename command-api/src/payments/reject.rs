use domain::{PaymentId, operations::RejectPayment, show::MAX_TEXT};
use edge::{
    Answered, FieldError, Problem,
    extract::{Command, Operator, Shape},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::PaymentView;
use crate::{admitted::Admitted, asked::Asked};

/// Why; may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rejection {
    /// Kept in the log for ever: no names, no addresses.
    #[schema(min_length = 1, max_length = 200)]
    reason: Option<String>,
}

impl Shape for Rejection {
    const MAY_BE_EMPTY: bool = true;

    fn validate(&self) -> Vec<FieldError> {
        let Some(reason) = &self.reason else { return vec![] };
        let mut errors = Vec::new();
        if reason.trim().is_empty() || reason.chars().count() > MAX_TEXT {
            errors.push(FieldError::new("/reason", format!("must have 1 to {MAX_TEXT} characters")));
        }
        if reason.chars().any(char::is_control) {
            errors.push(FieldError::new("/reason", "must not contain control characters"));
        }
        errors
    }
}

/// Say that a manual payment will not come: the order fails, and its seats are on sale again at once.
#[utoipa::path(
    post, path = "/v1/payments/{payment_id}/reject", operation_id = "rejectPayment", tag = "Payments",
    security(("bearer" = [])),
    params(("payment_id" = uuid::Uuid, Path, description = "The payment")),
    request_body(content = Option<Rejection>, example = json!({"reason": "no money came"})),
    responses(
        (status = 200, description = "Failed", body = PaymentView),
        (status = 409, description = "`payment-not-pending`, with `current_status`; `payment-method-unavailable`: \
            somebody else knows whether it came"),
    ),
)]
pub(crate) async fn reject(
    Admitted(app): Admitted,
    command: Command<Rejection, Operator, PaymentId>,
) -> Result<Answered<PaymentView>, Problem> {
    let asked = command.asked();
    let operation = RejectPayment { payment: command.path, reason: command.body.reason };
    Ok(PaymentView::answer(app.execute(asked, operation).await?))
}
