//! The tables of a slot, as the catalogue knows them: what is the same for every read model is done for all alike.

use sqlx::{FromRow, PgConnection};

/// A table of a slot.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Table {
    schema: String,
    /// Its name in either slot.
    pub(super) name: String,
    /// The columns of its primary key, in order.
    pub(super) columns: Vec<String>,
    /// The same, quoted where they must be.
    pub(super) key: Vec<String>,
    /// Their types.
    pub(super) types: Vec<String>,
    /// About how many rows it has.
    pub(super) rows: i64,
}

impl Table {
    /// Its whole name.
    pub(super) fn qualified(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

/// The tables in a schema, by name.
pub(super) async fn of(connection: &mut PgConnection, schema: &str) -> Result<Vec<Table>, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/slot_tables.sql")).bind(schema).fetch_all(connection).await
}
