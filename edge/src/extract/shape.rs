//! From bytes to a checked body: 400 for what is not JSON, 422 for what breaks a rule.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use super::named::Named;
use crate::{FieldError, Problem};

/// A request body. Derive `Deserialize` with `#[serde(deny_unknown_fields)]`.
pub trait Shape: DeserializeOwned + Send {
    /// Whether no body at all means `{}`.
    const MAY_BE_EMPTY: bool = false;

    /// Every rule that is broken, so that the client can mend all of them at once.
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// The body of an action that needs none: nothing, or `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoBody {}

impl Shape for NoBody {
    const MAY_BE_EMPTY: bool = true;
}

/// Reads JSON: any value, at most 128 deep (`serde_json`'s own limit), no member twice.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let Strict(value) = serde_json::from_slice(bytes).map_err(|error| {
        if error.to_string().starts_with("number out of range") {
            return Problem::invalid(&[FieldError::new("", error.to_string())]);
        }
        Problem::malformed_json(error)
    })?;
    Ok(value)
}

/// Reads the shape and checks its rules.
pub(super) fn check<T: Shape>(value: &Value) -> Result<T, Problem> {
    let mut errors = Vec::new();
    refuse_nul(value, &mut String::new(), &mut errors);
    if !errors.is_empty() {
        return Err(Problem::invalid(&errors));
    }
    let body: T = serde_path_to_error::deserialize(Named(value))
        .map_err(|error| Problem::invalid(&[explain(&error)]))?;
    let errors = body.validate();
    if errors.is_empty() { Ok(body) } else { Err(Problem::invalid(&errors)) }
}

fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldError {
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            Segment::Seq { index } => push(&mut pointer, &index.to_string()),
            Segment::Map { key } => push(&mut pointer, key),
            // An enum's variant is no place of its own in the JSON, or the place is one level up.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let detail = error.inner().to_string();
    if let Some(name) = detail.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        push(&mut pointer, name);
        return FieldError::new(pointer, "is required");
    }
    FieldError::new(pointer, detail)
}

/// RFC 6901, 3.
fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
}

/// Postgres can't store U+0000 in a text, and nobody can see it in one.
fn refuse_nul(value: &Value, pointer: &mut String, errors: &mut Vec<FieldError>) {
    let here = pointer.len();
    match value {
        Value::String(text) if text.contains('\0') => {
            errors.push(FieldError::new(pointer.clone(), "must not contain U+0000"));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                push(pointer, &index.to_string());
                refuse_nul(item, pointer, errors);
                pointer.truncate(here);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                push(pointer, name);
                refuse_nul(member, pointer, errors);
                pointer.truncate(here);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A value in which no object names a member twice: which of the two was meant, nobody can tell.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut all = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Strict(all.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut all = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if all.contains_key(&name) {
                return Err(A::Error::custom(format!("the member `{name}` appears twice")));
            }
            all.insert(name, value);
        }
        Ok(Strict(all.into()))
    }
}
