use domain::{TicketCode, operations::CheckIn};
use edge::{
    Answered, Problem,
    extract::{Command, NoBody, Organizer},
};

use super::view::TicketView;
use crate::{admitted::Admitted, asked::Asked};

/// Let a ticket's holder in. A ticket lets one person in, once, however many doors ask at the same time.
#[utoipa::path(
    post, path = "/v1/tickets/{code}/check-in", operation_id = "checkInTicket", tag = "Tickets",
    security(("bearer" = [])),
    params(("code" = String, Path, description = "The ticket's code")),
    responses(
        (status = 200, description = "Its holder may go in", body = TicketView),
        (status = 409, description = "`already-checked-in`, `ticket-void`"),
    ),
)]
pub(crate) async fn check_in(
    Admitted(app): Admitted,
    command: Command<NoBody, Organizer, TicketCode>,
) -> Result<Answered<TicketView>, Problem> {
    let operation = CheckIn { code: command.path, organizer: command.caller.user_id };
    Ok(TicketView::answer(app.execute(command.asked(), operation).await?))
}
