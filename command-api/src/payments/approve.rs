use domain::{PaymentId, operations::ApprovePayment};
use edge::{
    Answered, Problem,
    extract::{Command, NoBody, Operator},
};

use super::view::PaymentView;
use crate::{admitted::Admitted, asked::Asked};

/// Say that a manual payment has come in: the order is confirmed, its seats are sold, and there is a ticket for each.
#[utoipa::path(
    post, path = "/v1/payments/{payment_id}/approve", operation_id = "approvePayment", tag = "Payments",
    security(("bearer" = [])),
    params(("payment_id" = uuid::Uuid, Path, description = "The payment")),
    responses(
        (status = 200, description = "Succeeded", body = PaymentView),
        (status = 409, description = "`payment-not-pending`, with `current_status`; `payment-method-unavailable`: \
            somebody else knows whether it came"),
    ),
)]
pub(crate) async fn approve(
    Admitted(app): Admitted,
    command: Command<NoBody, Operator, PaymentId>,
) -> Result<Answered<PaymentView>, Problem> {
    let operation = ApprovePayment { payment: command.path };
    Ok(PaymentView::answer(app.execute(command.asked(), operation).await?))
}
