//! `GET /v1/orders/{order_id}/history`

use axum::extract::State;
use domain::OrderId;
use edge::{
    Answered, Page, Problem,
    extract::{Caller, PathId, Query},
};
use event_store::Position;
use projections::{
    Viewer,
    orders::OrderView,
    story::{HistoryEntry, Story, story},
};

use super::{MODELS, visible};
use crate::{
    app::App,
    params::{All, List},
    problems::{NotFound, Refusals},
    reading::Reading,
    viewer::viewer,
};

/// An order's whole story, newest first: what happened to it, its seats, its payment, its tickets and the account it was
/// paid from, who did it and why, and how everything stood after that.
#[utoipa::path(
    get,
    path = "/v1/orders/{order_id}/history",
    operation_id = "get_order_history",
    tag = "orders",
    params(("order_id" = Uuid, Path, description = "The order"), List<All>),
    responses((status = 200, description = "Its events", body = Page<HistoryEntry>), Refusals, NotFound),
    security(("bearer" = []))
)]
pub(crate) async fn get_order_history(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<List<All>>,
    PathId(order): PathId<OrderId>,
) -> Result<Answered<Page<HistoryEntry>>, Problem> {
    let mut reading = Reading::begin(&app, &MODELS, asked.at.min_position).await?;
    let view = visible(&mut reading, order, &caller).await?;
    let told = story(&mut reading, order, Position::MAX).await?.ok_or_else(Problem::not_found)?;
    let mut entries = for_viewer(told, viewer(&caller), &view).entries;
    entries.reverse();
    reading.answer(asked.pages.cut(entries, |entry| entry.position)?).await
}

/// An organizer sees the orders of their shows, but not what customers have in their accounts.
fn for_viewer(story: Story, viewer: Viewer, order: &OrderView) -> Story {
    match viewer {
        Viewer::Operator => story,
        Viewer::Customer(user) | Viewer::Organizer(user) if user.uuid() == order.user_id => story,
        Viewer::Customer(_) | Viewer::Organizer(_) => story.without_balances(),
    }
}
