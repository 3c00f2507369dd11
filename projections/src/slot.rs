//! Where a read model's tables lie.
//!
//! Each read model has two slots, schemas of its own with the same tables. One is read and followed; the other is empty,
//! or is being filled from the log. SQL names no schema: whoever works on a connection says which slots its names mean.

use sqlx::PgConnection;

/// One of the two slots of a read model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(crate) enum Slot {
    /// The first one.
    A,
    /// The second one.
    B,
}

/// For how long a connection's names mean a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// Until another slot is entered.
    Further,
    /// Until the transaction ends.
    TransactionEnds,
}

impl Slot {
    /// The one that is not this one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// The schema of a read model's slot.
    pub(crate) fn schema(self, model: &str) -> String {
        let letter = match self {
            Self::A => 'a',
            Self::B => 'b',
        };
        format!("{model}_{letter}")
    }

    /// Lets the names of a read model's tables mean those in this slot. What belongs to no read model is found as ever.
    pub(crate) async fn enter(
        self,
        connection: &mut PgConnection,
        model: &str,
        until: Until,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(include_str!("sql/slot_enter.sql"))
            .bind(format!("{},public", self.schema(model)))
            .bind(until == Until::TransactionEnds)
            .execute(connection)
            .await
            .map(|_| ())
    }
}
