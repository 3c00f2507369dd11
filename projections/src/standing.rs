//! Where every checkpoint stands, for whoever counts what is missing; and starting again what can't go on.

use event_store::{Missing, Position};
use sqlx::{FromRow, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::{
    accounts::Accounts,
    checkpoint::{self, CheckpointError, ProjectionState},
    connect::connect,
    inventory::Inventory,
    ledger::Ledger,
    model::Model,
    orders::Orders,
    payments::Payments,
    read_model::ReadModel,
    shows::Shows,
};

/// Where a read model's checkpoint stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The read model's name.
    pub name: String,
    /// The last event that is in it.
    pub position: Position,
    /// The log that it is of.
    pub log_id: Uuid,
    /// What its projection is doing.
    pub state: ProjectionState,
    /// Why it stopped.
    pub reason: Option<String>,
    /// Events before that which are not in it, because an entity stands still.
    pub parked: Option<Missing>,
}

#[derive(FromRow)]
struct Row {
    name: String,
    position: Position,
    log_id: Uuid,
    state: ProjectionState,
    reason: Option<String>,
    parked: i64,
    first: Option<Position>,
    last: Option<Position>,
}

/// Every checkpoint there is.
///
/// # Errors
/// The database's own.
pub async fn standings(connection: &mut PgConnection) -> Result<Vec<Standing>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(include_str!("sql/standing.sql")).fetch_all(connection).await?;
    Ok(rows.into_iter().map(Standing::from).collect())
}

impl From<Row> for Standing {
    fn from(row: Row) -> Self {
        let Row { name, position, log_id, state, reason, parked, first, last } = row;
        let parked = first.zip(last).map(|(first, last)| Missing { count: parked, first, last });
        Self { name, position, log_id, state, reason, parked }
    }
}

/// Does what a projection does when it starts: a read model whose checkpoint is of another log, or beyond the end of this
/// one, is emptied, and whoever keeps it begins at the first event.
///
/// # Errors
/// The database's own.
pub async fn recheck(database: &PgConnectOptions, model: Model) -> Result<(), sqlx::Error> {
    let mut connection = connect(database, "recheck").await?;
    match model {
        Model::Shows => ensure::<Shows>(&mut connection).await,
        Model::Inventory => ensure::<Inventory>(&mut connection).await,
        Model::Orders => ensure::<Orders>(&mut connection).await,
        Model::Payments => ensure::<Payments>(&mut connection).await,
        Model::Accounts => ensure::<Accounts>(&mut connection).await,
        Model::Ledger => ensure::<Ledger>(&mut connection).await,
    }
}

/// One that a newer program keeps is left to that.
async fn ensure<M: ReadModel>(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    match checkpoint::ensure::<M>(connection).await {
        Ok(_) | Err(CheckpointError::Stop(_)) => Ok(()),
        Err(CheckpointError::Database(error)) => Err(error),
    }
}
