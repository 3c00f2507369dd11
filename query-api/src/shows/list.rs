//! `GET /v1/shows`

use axum::extract::State;
use edge::{
    Answered, Page, Problem,
    extract::{Caller, Parameters, Params, Query},
};
use identity::Role;
use projections::{
    Model,
    shows::{self, ShowFilter, ShowView},
};
use utoipa::IntoParams;

use crate::{
    app::App,
    params::{List, page},
    problems::{Forbidden, Refusals},
    reading::Reading,
};

/// Which shows.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shows {
    /// The caller's own shows, drafts among them, for organizers; without it, those that are or were on sale.
    #[param(required = false, default = false)]
    mine: bool,
}

impl Parameters for Shows {
    fn read(params: &mut Params) -> Self {
        Self { mine: params.flag("mine") }
    }
}

/// Shows, newest first.
#[utoipa::path(
    get,
    path = "/v1/shows",
    operation_id = "list_shows",
    tag = "shows",
    params(List<Shows>),
    responses((status = 200, description = "A page of shows", body = Page<ShowView>), Refusals, Forbidden),
    security((), ("bearer" = []))
)]
pub(crate) async fn list_shows(
    State(app): State<App>,
    caller: Option<Caller>,
    Query(asked): Query<List<Shows>>,
) -> Result<Answered<Page<ShowView>>, Problem> {
    let filter = if asked.filter.mine { own(caller)? } else { ShowFilter::Published };
    let mut reading = Reading::begin(&app, &[Model::Shows], asked.at.min_position).await?;
    let found = shows::list(&mut reading, filter, asked.pages.request()).await?;
    reading.answer(page(found)?).await
}

fn own(caller: Option<Caller>) -> Result<ShowFilter, Problem> {
    let caller = caller.ok_or_else(Problem::unauthenticated)?;
    if caller.roles.has(Role::Organizer) {
        return Ok(ShowFilter::Of(caller.user_id));
    }
    Err(Problem::forbidden(&[Role::Organizer]))
}
