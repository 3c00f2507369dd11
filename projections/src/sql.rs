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

/// The part of an upsert that comes before what is done about rows that are there: where there are none, it does the
/// same without looking for them.
pub(crate) fn insert_only(upsert: &'static str) -> &'static str {
    upsert.split_once("\non conflict ").map_or(upsert, |(insert, _)| insert)
}

/// A column holds what this program never wrote there.
pub(crate) fn undecodable(error: impl Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
