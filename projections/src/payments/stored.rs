//! A payment's row as Postgres hands it out.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::{PaymentRequest, PaymentStatus, StreamId};
use event_store::Position;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::PaymentRow;
use crate::sql;

#[derive(FromRow)]
pub(super) struct Stored {
    payment_id: Uuid,
    status: String,
    reason: Option<String>,
    request: Json<PaymentRequest>,
    created_position: Position,
    created_at: DateTime<Utc>,
}

impl Stored {
    pub(super) fn row(self) -> Result<(StreamId, PaymentRow), sqlx::Error> {
        let row = PaymentRow {
            request: self.request.0,
            status: PaymentStatus::from_str(&self.status).map_err(sql::undecodable)?,
            reason: self.reason,
            created_position: self.created_position,
            created_at: self.created_at,
        };
        Ok((StreamId::payment(self.payment_id.into()), row))
    }
}
