use domain::{
    OrderId,
    operations::{Actor, RefundOrder},
};
use edge::{
    Answered, Problem,
    extract::{Command, Staff},
};
use http::StatusCode;
use identity::Role;

use super::view::OrderView;
use crate::{admitted::Admitted, asked::Asked, reason::Reason};

/// Pay a confirmed order back. Its tickets are void and its seats on sale at once; the order stays `confirmed` until
/// the money is on its way, and is `refunded` then.
#[utoipa::path(
    post, path = "/v1/orders/{order_id}/refund", operation_id = "refundOrder", tag = "Orders",
    security(("bearer" = [])),
    params(("order_id" = uuid::Uuid, Path, description = "An order for the caller's show; for operators, any")),
    request_body(content = Option<Reason>, example = json!({"reason": "rain"})),
    responses(
        (status = 202, description = "It is being paid back", body = OrderView),
        (status = 409, description = "`order-not-refundable`, with `current_status` and `refund_requested`"),
    ),
)]
pub(crate) async fn refund(
    Admitted(app): Admitted,
    command: Command<Reason, Staff, OrderId>,
) -> Result<Answered<OrderView>, Problem> {
    let asked = command.asked();
    let by = Actor { user: command.caller.user_id, operator: command.caller.roles.has(Role::Operator) };
    let operation = RefundOrder { order: command.path, by, reason: command.body.reason };
    Ok(OrderView::answer(StatusCode::ACCEPTED, app.execute(asked, operation).await?))
}
