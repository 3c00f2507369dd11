//! `GET /v1/orders`

use axum::extract::State;
use domain::{OrderStatus, ShowId, UserId};
use edge::{
    Answered, Page, Problem,
    extract::{Caller, Parameters, Params, Query},
};
use projections::orders::{self, OrderFilter, OrderView};
use utoipa::IntoParams;

use super::MODELS;
use crate::{
    app::App,
    params::{List, page},
    problems::Refusals,
    reading::Reading,
    viewer::viewer,
};

/// Which orders.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Orders {
    /// Only those in this status: `pending`, `confirmed`, `failed`, `cancelled`, `expired` or `refunded`.
    #[param(value_type = Option<String>)]
    status: Option<OrderStatus>,
    /// Only those for this show.
    #[param(value_type = Option<Uuid>)]
    show_id: Option<ShowId>,
    /// Only this customer's, of those that the caller may see.
    #[param(value_type = Option<Uuid>)]
    user_id: Option<UserId>,
}

impl Parameters for Orders {
    fn read(params: &mut Params) -> Self {
        let status = "must be pending, confirmed, failed, cancelled, expired or refunded";
        Self {
            status: params.optional("status", status),
            show_id: params.optional("show_id", "must be an id"),
            user_id: params.optional("user_id", "must be an id"),
        }
    }
}

/// The caller's orders, newest first; for organizers those of their shows too, for operators all.
#[utoipa::path(
    get,
    path = "/v1/orders",
    operation_id = "list_orders",
    tag = "orders",
    params(List<Orders>),
    responses((status = 200, description = "A page of orders", body = Page<OrderView>), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn list_orders(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<List<Orders>>,
) -> Result<Answered<Page<OrderView>>, Problem> {
    let Orders { status, show_id, user_id } = asked.filter;
    let filter = OrderFilter { viewer: viewer(&caller), status, show: show_id, user: user_id };
    let mut reading = Reading::begin(&app, &MODELS, asked.at.min_position).await?;
    let found = orders::list(&mut reading, filter, asked.pages.request()).await?;
    reading.answer(page(found)?).await
}
