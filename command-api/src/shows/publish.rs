use domain::{ShowId, operations::PublishShow};
use edge::{
    Answered, Problem,
    extract::{Command, NoBody, Organizer},
};
use http::StatusCode;

use super::view::ShowView;
use crate::{admitted::Admitted, asked::Asked};

/// Put a show on sale, or back on sale after it was closed.
#[utoipa::path(
    post, path = "/v1/shows/{show_id}/publish", operation_id = "publishShow", tag = "Shows",
    security(("bearer" = [])),
    params(("show_id" = uuid::Uuid, Path, description = "The show")),
    responses(
        (status = 200, description = "On sale", body = ShowView),
        (status = 409, description = "`show-status`, with `current_status`"),
    ),
)]
pub(crate) async fn publish(
    Admitted(app): Admitted,
    command: Command<NoBody, Organizer, ShowId>,
) -> Result<Answered<ShowView>, Problem> {
    let operation = PublishShow { show: command.path, organizer: command.caller.user_id };
    Ok(ShowView::answer(StatusCode::OK, app.execute(command.asked(), operation).await?))
}
