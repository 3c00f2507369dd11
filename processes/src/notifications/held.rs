//! What a user was told, to be handed out to them, or forgotten with them.

use chrono::{DateTime, Utc};
use domain::UserId;
use event_store::Position;
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::Notifications;
use crate::process::Process;

/// Notifications forgotten in one transaction, so that none lasts long.
const AT_ONCE: i64 = 1_000;

/// What a user was told of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow)]
pub struct HeldNotification {
    /// The notification.
    pub notification_id: Uuid,
    /// The order.
    pub order_id: Uuid,
    /// Of what.
    pub kind: String,
    /// One line.
    pub subject: String,
    /// Paragraphs with an empty line between them.
    pub body_text: String,
    /// When that happened.
    pub created_at: DateTime<Utc>,
    /// When a mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// Why it was not sent so far.
    pub last_error: Option<String>,
    /// The event that it tells of.
    pub position: Position,
}

impl Notifications {
    /// What a user was told, newest first: a page of at most `limit`, before a position.
    ///
    /// # Errors
    /// The database's own.
    pub async fn held(
        connection: &mut PgConnection,
        user: UserId,
        before: Option<Position>,
        limit: i64,
    ) -> Result<Vec<HeldNotification>, sqlx::Error> {
        let held = sqlx::query_as(include_str!("../sql/notification_held.sql"));
        held.bind(user.uuid()).bind(before).bind(limit).fetch_all(connection).await
    }

    /// Forgets all that a user was told, and what was still to be sent: how many that were. Of a user who was erased
    /// before, nothing is kept afterwards.
    ///
    /// # Errors
    /// The database's own; what was forgotten before stays so.
    pub async fn forget(connection: &mut PgConnection, user: UserId) -> Result<i64, sqlx::Error> {
        let mut all = 0;
        loop {
            let gone: i64 = sqlx::query_scalar(include_str!("../sql/notification_forget.sql"))
                .bind(user.uuid())
                .bind(AT_ONCE)
                .bind(Self::NAME)
                .fetch_one(&mut *connection)
                .await?;
            all += gone;
            if gone < AT_ONCE {
                return Ok(all);
            }
        }
    }
}
