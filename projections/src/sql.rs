//! Small bridges between the domain's types and Postgres'.

use std::error::Error;

use domain::StreamId;
use serde::Serialize;
use sqlx::{
    Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, types::Oid},
};
use uuid::Uuid;

/// The ids in streams' names.
pub(crate) fn uuids(entities: &[StreamId]) -> Vec<Uuid> {
    entities.iter().map(|entity| entity.uuid()).collect()
}

/// A value as `json`, written straight into the message. Sent as text it would be copied and parsed once more, and sqlx's
/// own wrapper puts a blank before it.
pub(crate) struct AsJson<'a, T>(pub(crate) &'a T);

/// Postgres' names for `json` and `json[]`; they are part of its protocol.
const JSON: PgTypeInfo = PgTypeInfo::with_oid(Oid(114));
const JSONS: PgTypeInfo = PgTypeInfo::with_oid(Oid(199));

impl<T> Type<Postgres> for AsJson<'_, T> {
    fn type_info() -> PgTypeInfo {
        JSON
    }
}

impl<T> PgHasArrayType for AsJson<'_, T> {
    fn array_type_info() -> PgTypeInfo {
        JSONS
    }
}

impl<T: Serialize> Encode<'_, Postgres> for AsJson<'_, T> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        serde_json::to_writer(&mut **buffer, self.0)?;
        Ok(IsNull::No)
    }
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
