//! `GET /v1/payments`

use axum::extract::State;
use domain::PaymentStatus;
use edge::{
    Answered, Page, Problem,
    extract::{Caller, Parameters, Params, Query},
};
use projections::payments::{self, PaymentFilter, PaymentView};
use utoipa::IntoParams;

use super::MODELS;
use crate::{
    app::App,
    params::{List, page},
    problems::Refusals,
    reading::Reading,
    viewer::viewer,
};

/// Which payments.
#[derive(Debug, Clone, Copy, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Payments {
    /// Only those in this status: `pending`, `succeeded`, `failed`, `cancelled` or `refunded`.
    #[param(value_type = Option<String>)]
    status: Option<PaymentStatus>,
}

impl Parameters for Payments {
    fn read(params: &mut Params) -> Self {
        let rule = "must be pending, succeeded, failed, cancelled or refunded";
        Self { status: params.optional("status", rule) }
    }
}

/// The caller's payments, newest first; for organizers those for their shows too, for operators all.
#[utoipa::path(
    get,
    path = "/v1/payments",
    operation_id = "list_payments",
    tag = "payments",
    params(List<Payments>),
    responses((status = 200, description = "A page of payments", body = Page<PaymentView>), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn list_payments(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<List<Payments>>,
) -> Result<Answered<Page<PaymentView>>, Problem> {
    let filter = PaymentFilter { viewer: viewer(&caller), status: asked.filter.status };
    let mut reading = Reading::begin(&app, &MODELS, asked.at.min_position).await?;
    let found = payments::list(&mut reading, filter, asked.pages.request()).await?;
    reading.answer(page(found)?).await
}
