//! Small bridges between the domain's types and Postgres'.

use std::error::Error;

use domain::StreamId;
use serde::Serialize;
use uuid::Uuid;

/// The ids in streams' names.
pub(crate) fn uuids(entities: &[StreamId]) -> Vec<Uuid> {
    entities.iter().map(|entity| entity.uuid()).collect()
}

/// A value as JSON text.
pub(crate) fn json(value: &impl Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// A column holds what this program never wrote there.
pub(crate) fn undecodable(error: impl Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
