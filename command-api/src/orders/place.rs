use domain::operations::PlaceOrder;
use edge::{
    Answered, Problem,
    extract::{Command, Customer},
};
use http::StatusCode;

use super::{body::OrderBody, view::OrderView};
use crate::{admitted::Admitted, asked::Asked};

/// Order seats. They are held until `held_until` for the order's payment; an order of nothing to pay is confirmed at
/// once.
#[utoipa::path(
    post, path = "/v1/orders", operation_id = "placeOrder", tag = "Orders",
    security(("bearer" = [])),
    request_body(content = OrderBody, example = json!({
        "show_id": "0199aa00-0000-7000-8000-000000000001", "payment_method": "manual",
        "items": [{"section": "GALLERY", "quantity": 2}, {"seats": ["A-1", "A-2"]}]
    })),
    responses(
        (status = 201, description = "The order", body = OrderView),
        (status = 404, description = "`not-found`: no such show, or a draft"),
        (status = 409, description = "`not-enough-available` (with `available`), `seats-taken` (`seats`), \
            `no-adjacent-seats` (`largest_block`), `customer-limit` (`limit`), `show-not-on-sale`, \
            `payment-method-unavailable`"),
    ),
)]
pub(crate) async fn place(
    Admitted(app): Admitted,
    command: Command<OrderBody, Customer>,
) -> Result<Answered<OrderView>, Problem> {
    let asked = command.asked();
    let operation = PlaceOrder {
        order: app.edge.id().into(),
        payment: app.edge.id().into(),
        customer: command.caller.user_id,
        show: command.body.show_id,
        method: command.body.payment_method,
        items: command.body.into_items(),
        takes_cards: app.payments.takes_cards,
    };
    Ok(OrderView::answer(StatusCode::CREATED, app.execute(asked, operation).await?))
}
