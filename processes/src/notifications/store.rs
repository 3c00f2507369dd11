//! Notifications as they are kept.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{happened::Happened, told::Told};

/// What is known of a notification that is kept.
#[derive(Debug, Clone, Copy, Default, sqlx::FromRow)]
pub(super) struct Kept {
    pub(super) sent: bool,
    pub(super) tried: bool,
}

/// Keeps what a customer is told, once.
pub(super) async fn keep(
    connection: &mut PgConnection,
    happened: &Happened,
    told: &Told,
) -> Result<Kept, sqlx::Error> {
    let kept: Option<Kept> = sqlx::query_as(include_str!("../sql/notification_keep.sql"))
        .bind(happened.notification())
        .bind(happened.placed.customer.uuid())
        .bind(happened.order.uuid())
        .bind(happened.kind.name())
        .bind(happened.position)
        .bind(&told.subject)
        .bind(&told.body)
        .bind(happened.at)
        .fetch_optional(connection)
        .await?;
    // Nothing is known of one that somebody else keeps in the same moment.
    Ok(kept.unwrap_or_default())
}

/// Notes that a mail server took it.
pub(super) async fn sent(pool: &PgPool, id: Uuid, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let note = sqlx::query(include_str!("../sql/notification_sent.sql")).bind(id).bind(at);
    note.execute(pool).await.map(|_| ())
}

/// Notes why it was not sent.
pub(super) async fn unsent(pool: &PgPool, id: Uuid, why: &str) -> Result<(), sqlx::Error> {
    let note = sqlx::query(include_str!("../sql/notification_unsent.sql")).bind(id).bind(why);
    note.execute(pool).await.map(|_| ())
}
