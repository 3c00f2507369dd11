use domain::{ShowId, operations::CloseShow};
use edge::{
    Answered, Problem,
    extract::{Command, NoBody, Organizer},
};
use http::StatusCode;

use super::view::ShowView;
use crate::{admitted::Admitted, asked::Asked};

/// Take no new orders. Pending ones may finish; publishing opens the show again.
#[utoipa::path(
    post, path = "/v1/shows/{show_id}/close", operation_id = "closeShow", tag = "Shows",
    security(("bearer" = [])),
    params(("show_id" = uuid::Uuid, Path, description = "The show")),
    responses(
        (status = 200, description = "Closed", body = ShowView),
        (status = 409, description = "`show-status`, with `current_status`"),
    ),
)]
pub(crate) async fn close(
    Admitted(app): Admitted,
    command: Command<NoBody, Organizer, ShowId>,
) -> Result<Answered<ShowView>, Problem> {
    let operation = CloseShow { show: command.path, organizer: command.caller.user_id };
    Ok(ShowView::answer(StatusCode::OK, app.execute(command.asked(), operation).await?))
}
