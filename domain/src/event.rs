//! How events become the bytes that are stored for ever, and come back.

use std::cell::Cell;

use serde::{
    Serialize,
    de::{
        DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor,
        value::{Error as NameError, StrDeserializer},
    },
};

use crate::upcast::{current_schema, upcast};

/// An aggregate's events: an enum of struct variants whose names are the stored types.
///
/// A variant or an optional field may be added, never renamed or removed; anything else needs an upcaster.
pub trait Event: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Event for T {}

/// An event in the form in which it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedEvent {
    /// The variant's name, such as `OrderPlaced`.
    pub event_type: String,
    /// The number of the shape it is written in.
    pub schema: u16,
    /// The variant's fields, as a JSON object.
    pub data: String,
}

/// An event as it lies in the log.
#[derive(Debug, Clone, Copy)]
pub struct StoredEvent<'a> {
    /// The stored type.
    pub event_type: &'a str,
    /// The shape it was written in.
    pub schema: u16,
    /// The payload, a JSON object.
    pub data: &'a str,
}

/// Why a stored event can't be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The program that wrote the event knew a newer shape.
    #[error("{event_type} was written in shape {schema}, this program knows {known}: run the newer program")]
    NewerSchema {
        /// The stored type.
        event_type: String,
        /// The shape it was written in.
        schema: u16,
        /// The newest shape known here.
        known: u16,
    },
    /// No event of that stream has this type: the program that wrote it knew more of them.
    #[error("{event_type} is not known here: run the newer program")]
    UnknownType {
        /// The stored type.
        event_type: String,
    },
    /// The payload has not the shape it should have.
    #[error("{event_type} can't be read: {source}")]
    Malformed {
        /// The stored type.
        event_type: String,
        /// What was wrong.
        source: serde_json::Error,
    },
}

/// Encodes an event.
///
/// # Errors
/// Only for types that JSON can't hold, which no event of ours has.
pub(crate) fn encode<E: Event>(event: &E) -> Result<EncodedEvent, serde_json::Error> {
    // serde writes an enum's struct variant as `{"Name":{…}}`; name and fields are stored apart.
    let whole = serde_json::to_string(event)?;
    let parts = whole.strip_prefix("{\"").and_then(|rest| rest.strip_suffix('}')?.split_once("\":"));
    let Some((name, data)) = parts else {
        return Err(serde::ser::Error::custom("an event must be a struct variant"));
    };
    Ok(EncodedEvent { event_type: name.to_owned(), schema: current_schema(name), data: data.to_owned() })
}

impl StoredEvent<'_> {
    /// Reads the event, bringing an old shape up to the current one first.
    ///
    /// # Errors
    /// The type is unknown or newer than this program, or the payload is not what the type says.
    pub fn decode<E: Event>(&self) -> Result<E, DecodeError> {
        let data = upcast(self.event_type, self.schema, self.data)?;
        let unknown = Cell::new(false);
        let tagged = Tagged { name: self.event_type, data: &data, unknown: &unknown };
        E::deserialize(tagged).map_err(|source| {
            let event_type = self.event_type.to_owned();
            if unknown.get() {
                DecodeError::UnknownType { event_type }
            } else {
                DecodeError::Malformed { event_type, source }
            }
        })
    }
}

/// Presents name and fields, which are stored apart, to serde as the enum they are.
struct Tagged<'a> {
    name: &'a str,
    data: &'a str,
    /// Set if the enum has no variant of that name.
    unknown: &'a Cell<bool>,
}

impl<'de> Deserializer<'de> for Tagged<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Tagged<'de> {
    type Error = serde_json::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Self::Error> {
        let name: StrDeserializer<'_, NameError> = serde::de::IntoDeserializer::into_deserializer(self.name);
        let variant = seed.deserialize(name).map_err(|error| {
            self.unknown.set(true);
            serde::de::Error::custom(error)
        })?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged<'de> {
    type Error = serde_json::Error;

    fn unit_variant(self) -> Result<(), Self::Error> {
        Err(serde::de::Error::custom("an event must be a struct variant"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Self::Error> {
        let mut json = serde_json::Deserializer::from_str(self.data);
        let value = seed.deserialize(&mut json)?;
        json.end().map(|()| value)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("an event must be a struct variant"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let mut json = serde_json::Deserializer::from_str(self.data);
        let value = json.deserialize_map(visitor)?;
        json.end().map(|()| value)
    }
}
