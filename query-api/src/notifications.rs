//! `GET /v1/notifications`

use axum::extract::State;
use chrono::{DateTime, Utc};
use edge::{
    Answered, Page, Problem,
    extract::{Caller, Query},
};
use event_store::Position;
use serde::Serialize;
use sqlx::FromRow;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::App,
    params::{All, List},
    problems::Refusals,
    reading::Reading,
};

/// What a customer was told of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, FromRow)]
#[schema(as = Notification)]
pub(crate) struct NotificationView {
    /// The notification.
    notification_id: Uuid,
    /// The order it is about.
    order_id: Uuid,
    /// `order_confirmed`, `order_failed`, `order_expired` or `order_refunded`.
    #[schema(example = "order_confirmed")]
    kind: String,
    /// One line.
    subject: String,
    /// Paragraphs with an empty line between them.
    body_text: String,
    /// When that happened.
    created_at: DateTime<Utc>,
    /// When it was sent by e-mail, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<DateTime<Utc>>,
    #[serde(skip)]
    position: Position,
}

/// What the caller was told, newest first. It is written down shortly after it happened: `min_position` does not wait
/// for that.
#[utoipa::path(
    get,
    path = "/v1/notifications",
    operation_id = "list_notifications",
    tag = "users",
    params(List<All>),
    responses((status = 200, description = "A page of notifications", body = Page<NotificationView>), Refusals),
    security(("bearer" = []))
)]
pub(crate) async fn list_notifications(
    State(app): State<App>,
    caller: Caller,
    Query(asked): Query<List<All>>,
) -> Result<Answered<Page<NotificationView>>, Problem> {
    let mut reading = Reading::begin(&app, &[], asked.at.min_position).await?;
    let wanted = asked.pages.request();
    // One more than wanted, to see whether there is more.
    let rows: Vec<NotificationView> = sqlx::query_as(include_str!("sql/notifications.sql"))
        .bind(caller.user_id.uuid())
        .bind(wanted.before)
        .bind(i64::from(wanted.limit) + 1)
        .fetch_all(&mut **reading)
        .await?;
    reading.answer(Page::cut(rows, wanted.limit as usize, |row| row.position)?).await
}
