//! `GET /v1/orders/{order_id}/history`

use axum::extract::State;
use chrono::{DateTime, Utc};
use domain::{OrderId, StreamId};
use edge::{
    Answered, Page, Problem,
    extract::{Caller, PathId, Query},
};
use event_store::{Position, RecordedEvent, read_stream};
use projections::orders::OrderView;
use serde::{Serialize, de::DeserializeOwned};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    MODELS, visible,
    words::{of_order, of_payment},
};
use crate::{
    app::App,
    params::{All, List},
    problems::{NotFound, Refusals},
    reading::Reading,
};

/// Far more events than an order or a payment comes to.
const MAX_EVENTS: i64 = 1_000;

/// Something that happened to an order or its payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    /// Where in the log it stands.
    #[schema(value_type = i64)]
    position: Position,
    /// The event's type.
    #[schema(example = "OrderPlaced")]
    r#type: String,
    /// What happened, in words that are for people and may change.
    #[schema(example = "The money came.")]
    description: String,
    /// Who did it.
    actor: HistoryActor,
    /// When.
    recorded_at: DateTime<Utc>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct HistoryActor {
    /// In what capacity.
    kind: ActorKind,
    /// Who it was; absent for `system`.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<Uuid>,
}

/// In what capacity somebody did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActorKind {
    /// The customer whose order it is.
    Customer,
    /// Somebody who works for the box office or the organizer.
    Staff,
    /// Nobody: time went by.
    System,
}

/// What happened to an order and its payment, newest first.
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
    let entries = entries(&mut reading, &view).await?;
    reading.answer(asked.pages.cut(entries, |entry| entry.position)?).await
}

async fn entries(reading: &mut Reading, order: &OrderView) -> Result<Vec<HistoryEntry>, Problem> {
    let of_this = StreamId::order(order.order_id.into());
    let orders = read_stream(reading, of_this, 0, MAX_EVENTS).await?;
    let payment = StreamId::payment(order.payment_id.into());
    let payments = read_stream(reading, payment, 0, MAX_EVENTS).await?;
    let told = orders.into_iter().map(|event| tell(event, order, of_order));
    let paid = payments.into_iter().map(|event| tell(event, order, of_payment));
    let mut entries: Vec<HistoryEntry> = told.chain(paid).collect();
    entries.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.position));
    Ok(entries)
}

fn tell<E: DeserializeOwned + Serialize>(
    event: RecordedEvent,
    order: &OrderView,
    words: fn(&E) -> String,
) -> HistoryEntry {
    let actor = event.metadata().ok().and_then(|metadata| metadata.actor);
    let read = event.stored().ok().and_then(|stored| stored.decode::<E>().ok());
    // A history with a hole would be worse than one with a line that says less.
    let description = read.as_ref().map_or_else(|| "This can't be read here.".to_owned(), words);
    HistoryEntry {
        position: event.position,
        r#type: event.event_type,
        description,
        actor: HistoryActor { kind: kind(actor, order), user_id: actor },
        recorded_at: event.recorded_at,
    }
}

fn kind(actor: Option<Uuid>, order: &OrderView) -> ActorKind {
    match actor {
        None => ActorKind::System,
        Some(user) if user == order.user_id => ActorKind::Customer,
        Some(_) => ActorKind::Staff,
    }
}
