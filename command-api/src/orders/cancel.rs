use domain::{
    OrderId,
    operations::{Actor, CancelOrder},
};
use edge::{
    Answered, Problem,
    extract::{Command, Customer, NoBody},
};
use http::StatusCode;
use identity::Role;

use super::view::OrderView;
use crate::{admitted::Admitted, asked::Asked};

/// Give up an order that is not paid for. Its seats are on sale again at once.
#[utoipa::path(
    post, path = "/v1/orders/{order_id}/cancel", operation_id = "cancelOrder", tag = "Orders",
    security(("bearer" = [])),
    params(("order_id" = uuid::Uuid, Path, description = "The caller's order; for operators, anyone's")),
    responses(
        (status = 200, description = "Cancelled", body = OrderView),
        (status = 409, description = "`order-not-pending`, with `current_status`"),
    ),
)]
pub(crate) async fn cancel(
    Admitted(app): Admitted,
    command: Command<NoBody, Customer, OrderId>,
) -> Result<Answered<OrderView>, Problem> {
    let by = Actor { user: command.caller.user_id, operator: command.caller.roles.has(Role::Operator) };
    let operation = CancelOrder { order: command.path, by };
    Ok(OrderView::answer(StatusCode::OK, app.execute(command.asked(), operation).await?))
}
