//! `GET /v1/tickets/{code}/qr.svg`

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::IntoResponse,
};
use domain::{TicketCode, TicketStatus};
use edge::{
    Problem,
    extract::{Caller, PathId, Query},
};
use fast_qr::{
    ECL, QRBuilder,
    convert::{Builder, svg::SvgBuilder},
};

use super::{MODELS, visible};
use crate::{
    app::App,
    params::At,
    problems::{NotFound, Refusals},
    reading::Reading,
};

const POSITION: HeaderName = HeaderName::from_static("x-position");

/// The blank around a code that scanners need, in modules (ISO/IEC 18004, 6.3.8).
const QUIET_ZONE: usize = 4;

/// A ticket's code as a picture to be scanned at the door; none for a void ticket.
#[utoipa::path(
    get,
    path = "/v1/tickets/{code}/qr.svg",
    operation_id = "get_ticket_qr",
    tag = "orders",
    params(("code" = String, Path, description = "The ticket's code", example = "06B3VZK0M4CY2TQ6JX8R9PSWDA"), At),
    responses(
        (status = 200, description = "A QR code that holds the ticket's code", body = String, content_type = "image/svg+xml"),
        Refusals,
        NotFound,
        (status = 409, description = "`ticket-void`; `position-unknown`: the log does not go as far as `min_position`.",
         body = edge::ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(crate) async fn get_ticket_qr(
    State(app): State<App>,
    caller: Caller,
    Query(at): Query<At>,
    PathId(code): PathId<TicketCode>,
) -> Result<impl IntoResponse, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, at.min_position).await?;
    let ticket = visible(&mut reading, code, &caller).await?;
    let position = reading.close().await?;
    if ticket.status == TicketStatus::Void.as_str() {
        return Err(Problem::ticket_void());
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        // Whoever has the picture gets in; and it may become void.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (POSITION, HeaderValue::from(position)),
    ];
    Ok((headers, picture(code)?))
}

/// A quarter of it may be dirty or torn.
fn picture(code: TicketCode) -> Result<String, Problem> {
    let qr = QRBuilder::new(code.to_string()).ecl(ECL::Q).build().map_err(Problem::internal)?;
    Ok(SvgBuilder::default().margin(QUIET_ZONE).to_str(&qr))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_an_svg_that_differs_with_its_code() {
        let [one, other] = [1, 2].map(|bits| picture(TicketCode::from_bits(bits)).unwrap());
        assert!(one.starts_with("<svg") && one.ends_with("</svg>"), "{one}");
        assert_ne!(one, other);
        assert_eq!(one, picture(TicketCode::from_bits(1)).unwrap());
    }
}
