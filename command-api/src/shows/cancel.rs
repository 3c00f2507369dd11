use domain::{ShowId, operations::CancelShow};
use edge::{
    Answered, Problem,
    extract::{Command, NoBody, Organizer},
};
use http::StatusCode;

use super::view::ShowView;
use crate::{admitted::Admitted, asked::Asked};

/// Call a show off. Its pending orders are cancelled and its confirmed ones paid back, one after the other, in the
/// background.
#[utoipa::path(
    post, path = "/v1/shows/{show_id}/cancel", operation_id = "cancelShow", tag = "Shows",
    security(("bearer" = [])),
    params(("show_id" = uuid::Uuid, Path, description = "The show")),
    responses(
        (status = 200, description = "Cancelled", body = ShowView),
        (status = 409, description = "`show-status`, with `current_status`"),
    ),
)]
pub(crate) async fn cancel(
    Admitted(app): Admitted,
    command: Command<NoBody, Organizer, ShowId>,
) -> Result<Answered<ShowView>, Problem> {
    let operation = CancelShow { show: command.path, organizer: command.caller.user_id };
    Ok(ShowView::answer(StatusCode::OK, app.execute(command.asked(), operation).await?))
}
