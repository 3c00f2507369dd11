//! `GET /v1/shows/{show_id}/seats`

use axum::extract::State;
use domain::{Code, ShowId};
use edge::{
    Answered, Page, Problem, QueryError, encode_cursor,
    extract::{Caller, Paging, Parameters, Params, PathId, Query},
};
use projections::{
    inventory::{self, MAX_SEATS, SeatPage, SeatPlace, SeatView},
    shows::ShowView,
};
use utoipa::IntoParams;

use super::visible;
use crate::{
    app::App,
    inventory::{MODELS, entities},
    problems::{NotFound, Refusals},
    reading::Reading,
};

/// Which stretch of the plan.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Seats {
    /// Only this section, by its code.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9]{1,16}$")]
    section: Option<Code>,
    /// How many seats.
    #[param(required = false, minimum = 1, maximum = 5000, default = 20)]
    limit: u32,
    /// The `next_cursor` of the page before; the best seats without.
    #[param(value_type = Option<String>)]
    cursor: Option<SeatPlace>,
    /// The log position the answer must have come to. The query waits for it, for 2 s at most.
    #[param(minimum = 0)]
    min_position: Option<i64>,
}

impl Parameters for Seats {
    fn read(params: &mut Params) -> Self {
        let section = params.optional("section", "must be 1 to 16 letters and digits");
        let Paging { limit, cursor } = params.paging_up_to::<String>(MAX_SEATS as usize);
        let place = cursor.map(|text| text.parse().ok());
        if place == Some(None) {
            params.refuse("cursor", "must be a next_cursor of this list");
        }
        Self {
            section,
            limit: u32::try_from(limit).unwrap_or(MAX_SEATS),
            cursor: place.flatten(),
            min_position: params.min_position(),
        }
    }
}

/// The numbered seats of a show, or of one of its sections, in the order of the layout.
///
/// A section that sells by quantity has none; see the inventory.
#[utoipa::path(
    get,
    path = "/v1/shows/{show_id}/seats",
    operation_id = "list_seats",
    tag = "shows",
    params(("show_id" = Uuid, Path, description = "The show"), Seats),
    responses((status = 200, description = "A page of seats", body = Page<SeatView>), Refusals, NotFound),
    security((), ("bearer" = []))
)]
pub(crate) async fn list_seats(
    State(app): State<App>,
    caller: Option<Caller>,
    Query(asked): Query<Seats>,
    PathId(show): PathId<ShowId>,
) -> Result<Answered<Page<SeatView>>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, asked.min_position).await?;
    let shown = visible(&mut reading, show, caller, &entities(show)).await?;
    has_section(&shown, asked.section)?;
    let plan =
        inventory::seats(&mut reading, show, asked.section, asked.cursor.as_ref(), asked.limit).await?;
    let SeatPage { seats, next } = plan.ok_or_else(Problem::not_found)?;
    let next_cursor = next.map(|place| encode_cursor(&place.to_string())).transpose()?;
    reading.answer(Page { data: seats, next_cursor }).await
}

fn has_section(show: &ShowView, section: Option<Code>) -> Result<(), Problem> {
    let Some(section) = section else { return Ok(()) };
    if show.sections.iter().any(|known| known.code == section.as_str()) {
        return Ok(());
    }
    let error = QueryError { parameter: "section".into(), detail: "is no section of this show".into() };
    Err(Problem::invalid_query(&[error]))
}
