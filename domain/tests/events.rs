//! Every event type has an example of every shape it was ever stored in, and all of them can still be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_possible_truncation,
    missing_docs
)]

use std::{collections::BTreeSet, fs, path::PathBuf};

use domain::{
    AccountEvent, Category, DecodeError, DomainEvent, InventoryEvent, OrderEvent, OrderId, PaymentEvent,
    ShowEvent, State, StoredEvent, StreamId, TicketCode, TicketEvent,
};
use serde::{Deserialize, Deserializer, de::Visitor};

#[test]
fn every_event_type_has_an_example() {
    let examples: BTreeSet<String> = files().into_iter().map(|(event_type, _, _)| event_type).collect();
    let types: BTreeSet<String> =
        all_types().into_iter().map(|(event_type, _)| event_type.to_owned()).collect();
    assert_eq!(examples, types);
}

#[test]
fn every_shape_that_a_type_was_ever_written_in_has_an_example() {
    let examples = files();
    let has = |event_type: &str, schema| {
        examples.iter().any(|(of, written, _)| (of.as_str(), *written) == (event_type, schema))
    };
    for (event_type, schema, data) in &examples {
        let stored = StoredEvent { event_type, schema: *schema, data };
        let today = DomainEvent::decode(stream_of(event_type), stored).unwrap().encode().unwrap().schema;
        for schema in 1..=today {
            assert!(has(event_type, schema), "{event_type} has no example of shape {schema}");
        }
    }
}

#[test]
fn every_example_is_history_that_nobody_refuses() {
    for (event_type, schema, data) in files() {
        let mut state = State::empty(stream_of(&event_type).category());
        state.evolve(StoredEvent { event_type: &event_type, schema, data: &data }).unwrap();
    }
}

#[test]
fn every_example_is_read_and_written_again_byte_for_byte() {
    for (event_type, schema, data) in files() {
        let stream = stream_of(&event_type);
        let stored = StoredEvent { event_type: &event_type, schema, data: &data };
        let event =
            DomainEvent::decode(stream, stored).unwrap_or_else(|error| panic!("{event_type}: {error}"));
        assert_eq!(event.stream(), stream);
        let encoded = event.encode().unwrap();
        assert_eq!(encoded.event_type, event_type);
        assert!(schema <= encoded.schema);
        if schema == encoded.schema {
            assert_eq!(encoded.data, data, "{event_type}");
        }
    }
}

#[test]
fn an_event_of_a_newer_program_is_refused_not_guessed() {
    let stored = StoredEvent { event_type: "OrderCancelled", schema: 2, data: "{}" };
    let newer = DomainEvent::decode(stream_of("OrderCancelled"), stored);
    assert!(matches!(newer, Err(DecodeError::NewerSchema { schema: 2, known: 1, .. })));
}

#[test]
fn an_unknown_type_is_told_from_a_malformed_payload() {
    let decode = |event_type, data| {
        let stored = StoredEvent { event_type, schema: 1, data };
        DomainEvent::decode(stream_of("OrderCancelled"), stored)
    };
    let unknown = decode("OrderEaten", "{}");
    assert!(matches!(unknown, Err(DecodeError::UnknownType { event_type }) if event_type == "OrderEaten"));
    for data in ["{", "[]", "null", r#"{"reason":1}"#, "{}{}", "{}"] {
        assert!(matches!(decode("OrderFailed", data), Err(DecodeError::Malformed { .. })), "{data}");
    }
}

#[test]
fn a_field_that_a_later_program_added_is_passed_over() {
    let stored =
        StoredEvent { event_type: "OrderFailed", schema: 1, data: r#"{"reason":"x","since":"later"}"# };
    assert!(DomainEvent::decode(stream_of("OrderFailed"), stored).is_ok());
}

/// `<Type>.<shape>.json`, or with a word before the end where one shape leaves something out or has something more; each
/// without the line's end.
fn files() -> Vec<(String, u16, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/events");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let ([event_type, schema, "json"] | [event_type, schema, _, "json"]) =
                name.split('.').collect::<Vec<_>>()[..]
            else {
                panic!("{name}")
            };
            let data = fs::read_to_string(&path).unwrap().trim_end().to_owned();
            (event_type.to_owned(), schema.parse().unwrap(), data)
        })
        .collect()
}

fn stream_of(event_type: &str) -> StreamId {
    let id = uuid::Uuid::from_u128(7);
    let (_, category) = all_types().into_iter().find(|(known, _)| *known == event_type).unwrap();
    match category {
        Category::Show => StreamId::show(id.into()),
        Category::Inventory => StreamId::inventory(id.into()),
        Category::Order => StreamId::order(OrderId::from(id)),
        Category::Payment => StreamId::payment(id.into()),
        Category::Ticket => StreamId::ticket(TicketCode::from_bits(7)),
        Category::Account => StreamId::account(id.into()),
    }
}

fn all_types() -> Vec<(&'static str, Category)> {
    let of = |category| match category {
        Category::Show => variants::<ShowEvent>(),
        Category::Inventory => variants::<InventoryEvent>(),
        Category::Order => variants::<OrderEvent>(),
        Category::Payment => variants::<PaymentEvent>(),
        Category::Ticket => variants::<TicketEvent>(),
        Category::Account => variants::<AccountEvent>(),
    };
    Category::ALL
        .into_iter()
        .flat_map(|category| of(category).iter().map(move |&name| (name, category)))
        .collect()
}

/// The names of an enum's variants, which serde tells whoever deserialises it.
fn variants<'de, E: Deserialize<'de>>() -> &'static [&'static str] {
    struct Ask<'a>(&'a mut &'static [&'static str]);
    impl<'de> Deserializer<'de> for Ask<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(serde::de::Error::custom("only asking"))
        }

        fn deserialize_enum<V: Visitor<'de>>(
            self,
            _: &'static str,
            variants: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            *self.0 = variants;
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
        }
    }
    let mut variants: &'static [&'static str] = &[];
    let _ = E::deserialize(Ask(&mut variants));
    variants
}
