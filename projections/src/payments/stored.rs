//! Payments as Postgres takes them and hands them out.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::{PaymentRequest, PaymentStatus, StreamId};
use event_store::Position;
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::PaymentRow;
use crate::sql::{self, AsJson};

/// For [`write`].
pub(super) const SAVE: &str = include_str!("save.sql");

#[derive(FromRow)]
pub(super) struct Stored {
    payment_id: Uuid,
    status: String,
    reason: Option<String>,
    refund_reason: Option<String>,
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
            refund: self.refund_reason,
            created_position: self.created_position,
            created_at: self.created_at,
        };
        Ok((StreamId::payment(self.payment_id.into()), row))
    }
}

/// Writes rows with [`SAVE`], or with the first part of it.
pub(super) async fn write(
    connection: &mut PgConnection,
    rows: &[(StreamId, PaymentRow)],
    statement: &'static str,
) -> Result<(), sqlx::Error> {
    sqlx::query(statement)
        .bind(rows.iter().map(|(payment, _)| payment.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.request.customer.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.request.show.uuid()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.status.as_str()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.reason.as_deref()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.request.amount).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.request.currency.code()).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| AsJson(&row.request)).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.created_position).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.created_at).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, row)| row.refund.as_deref()).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(())
}
