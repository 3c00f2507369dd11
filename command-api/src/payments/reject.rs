use domain::{PaymentId, operations::RejectPayment};
use edge::{
    Answered, Problem,
    extract::{Command, Operator},
};

use super::view::PaymentView;
use crate::{admitted::Admitted, asked::Asked, reason::Reason};

/// Say that a manual payment will not come: the order fails, and its seats are on sale again at once.
#[utoipa::path(
    post, path = "/v1/payments/{payment_id}/reject", operation_id = "rejectPayment", tag = "Payments",
    security(("bearer" = [])),
    params(("payment_id" = uuid::Uuid, Path, description = "The payment")),
    request_body(content = Option<Reason>, example = json!({"reason": "no money came"})),
    responses(
        (status = 200, description = "Failed", body = PaymentView),
        (status = 409, description = "`payment-not-pending`, with `current_status`; `payment-method-unavailable`: \
            somebody else knows whether it came"),
    ),
)]
pub(crate) async fn reject(
    Admitted(app): Admitted,
    command: Command<Reason, Operator, PaymentId>,
) -> Result<Answered<PaymentView>, Problem> {
    let asked = command.asked();
    let operation = RejectPayment { payment: command.path, reason: command.body.reason };
    Ok(PaymentView::answer(app.execute(asked, operation).await?))
}
