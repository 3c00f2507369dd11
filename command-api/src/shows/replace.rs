use domain::{Refusal, ShowId, operations::ReviseShow};
use edge::{
    Answered, Problem,
    extract::{IfMatch, Organizer, Replacement},
};
use event_store::{Command, ExecuteError};
use http::StatusCode;

use super::{body::ShowBody, view::ShowView};
use crate::{admitted::Admitted, asked::Asked, refusal};

/// `If-Match: *` matches whatever the version is, but not for ever while others change it.
const TRIES: usize = 3;

/// Replace what was said about a show. Once it has been published only title, venue, times and more capacity may
/// change.
#[utoipa::path(
    put, path = "/v1/shows/{show_id}", operation_id = "replaceShow", tag = "Shows",
    security(("bearer" = [])),
    params(
        ("show_id" = uuid::Uuid, Path, description = "The show"),
        ("If-Match" = String, Header, description = "The version that was read", example = "\"1\""),
    ),
    request_body(content = ShowBody, example = json!({
        "title": "Faust", "venue": "Main stage", "starts_at": "2027-05-01T19:00:00Z", "currency": "EUR",
        "tax_basis_points": 700,
        "sections": [{"code": "GALLERY", "name": "Standing", "price": 1500, "capacity": 120}]
    })),
    responses(
        (status = 200, description = "Replaced", body = ShowView),
        (status = 409, description = "`show-field-fixed`, `show-status`"),
        (status = 412, description = "`precondition-failed`: the show has changed since"),
        (status = 428, description = "`precondition-required`: `If-Match` is missing"),
    ),
)]
pub(crate) async fn replace(
    Admitted(app): Admitted,
    put: Replacement<ShowBody, Organizer, ShowId>,
) -> Result<Answered<ShowView>, Problem> {
    let context = put.asked();
    let (show, organizer) = (put.path, put.caller.user_id);
    let mut expected_version = first_guess(&put.if_match);
    let draft = put.body.into_draft()?;
    for _ in 0..TRIES {
        let operation = ReviseShow { show, organizer, expected_version, draft: draft.clone() };
        match app.sequencer.execute(Command { operation, context: context.clone() }).await {
            Ok(committed) => return Ok(ShowView::answer(StatusCode::OK, committed)),
            // Now the show is known to be the caller's, and the header is looked at.
            Err(ExecuteError::Refused(Refusal::VersionMismatch { current })) => {
                put.if_match.check(current)?;
                expected_version = current;
            }
            Err(error) => return Err(refusal::problem(error)),
        }
    }
    Err(Problem::precondition_failed())
}

/// No show has version 0: the refusal tells the version it has.
fn first_guess(if_match: &IfMatch) -> u64 {
    match if_match {
        IfMatch::Missing | IfMatch::Any => 0,
        IfMatch::Versions(versions) => versions.first().copied().unwrap_or(0),
    }
}
