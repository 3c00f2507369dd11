//! The tables of a slot, as the catalogue knows them: what is the same for every read model is done for all alike.

use sqlx::{AssertSqlSafe, FromRow, PgConnection};

/// A table of a slot.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Table {
    schema: String,
    /// Its name in either slot.
    pub(crate) name: String,
    /// The columns of its primary key, in order.
    pub(crate) columns: Vec<String>,
    /// The same, quoted where they must be.
    pub(crate) key: Vec<String>,
    /// Their types.
    pub(crate) types: Vec<String>,
    /// About how many rows it has.
    pub(crate) rows: i64,
}

impl Table {
    /// Its whole name.
    pub(crate) fn qualified(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

/// The tables in a schema, by name.
pub(crate) async fn of(connection: &mut PgConnection, schema: &str) -> Result<Vec<Table>, sqlx::Error> {
    sqlx::query_as(include_str!("sql/slot_tables.sql")).bind(schema).fetch_all(connection).await
}

/// Deletes all rows in a schema. Not by truncating: whoever reads keeps what they see.
pub(crate) async fn clear(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    for table in of(connection, schema).await? {
        let delete = format!("delete from {}", table.qualified());
        sqlx::raw_sql(AssertSqlSafe(delete)).execute(&mut *connection).await?;
    }
    Ok(())
}
