use domain::{ShowId, operations::ScheduleShow};
use edge::{
    Answered, Problem,
    extract::{Command, Organizer},
};
use http::StatusCode;

use super::{body::ShowBody, view::ShowView};
use crate::{admitted::Admitted, asked::Asked};

/// Plan a show. It is a draft that only its organizer sees, until it is published.
#[utoipa::path(
    post, path = "/v1/shows", operation_id = "createShow", tag = "Shows",
    security(("bearer" = [])),
    request_body(content = ShowBody, example = json!({
        "title": "Faust", "venue": "Main stage", "starts_at": "2027-05-01T18:00:00Z", "time_zone": "Europe/Berlin",
        "currency": "EUR", "tax_basis_points": 700,
        "sections": [
            {"code": "STALLS", "name": "Stalls", "price": 4500, "rows": [{"row": "A", "seats": 20}]},
            {"code": "GALLERY", "name": "Standing", "price": 1500, "capacity": 100}
        ]
    })),
    responses((status = 201, description = "A draft", body = ShowView)),
)]
pub(crate) async fn create(
    Admitted(app): Admitted,
    command: Command<ShowBody, Organizer>,
) -> Result<Answered<ShowView>, Problem> {
    let asked = command.asked();
    let show = ShowId::from(app.edge.id());
    let operation =
        ScheduleShow { show, organizer: command.caller.user_id, draft: command.body.into_draft()? };
    Ok(ShowView::answer(StatusCode::CREATED, app.execute(asked, operation).await?))
}
