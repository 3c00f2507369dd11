//! Old events in new code: every type has a shape number, and each step from one shape to the next is a function.
//!
//! A stored event is never rewritten. When a type's shape must change in a way that serde's defaults can't bridge,
//! its number here goes up by one and a step says how the older payload becomes the newer one.

use std::borrow::Cow;

use serde_json::Value;

use crate::DecodeError;

/// Turns a payload of one shape into the next.
type Step = fn(Value) -> Value;

/// The history of one type's shape: `steps[0]` leads from shape 1 to shape 2, and so on.
struct History {
    event_type: &'static str,
    steps: &'static [Step],
}

/// Types whose shape changed. All others are still as they were first written, in shape 1.
const HISTORIES: &[History] = &[];

/// The shape in which a type is written today.
pub(crate) fn current_schema(event_type: &str) -> u16 {
    schema_of(HISTORIES, event_type)
}

/// The payload in today's shape.
pub(crate) fn upcast<'a>(event_type: &str, schema: u16, data: &'a str) -> Result<Cow<'a, str>, DecodeError> {
    upcast_with(HISTORIES, event_type, schema, data)
}

fn steps_of(histories: &[History], event_type: &str) -> &'static [Step] {
    histories.iter().find(|history| history.event_type == event_type).map_or(&[], |history| history.steps)
}

fn schema_of(histories: &[History], event_type: &str) -> u16 {
    u16::try_from(steps_of(histories, event_type).len() + 1).unwrap_or(u16::MAX)
}

fn upcast_with<'a>(
    histories: &[History],
    event_type: &str,
    schema: u16,
    data: &'a str,
) -> Result<Cow<'a, str>, DecodeError> {
    let known = schema_of(histories, event_type);
    if schema == known {
        return Ok(Cow::Borrowed(data));
    }
    if schema > known {
        return Err(DecodeError::NewerSchema { event_type: event_type.to_owned(), schema, known });
    }
    let malformed = |source| DecodeError::Malformed { event_type: event_type.to_owned(), source };
    let old: Value = serde_json::from_str(data).map_err(malformed)?;
    let pending = steps_of(histories, event_type).iter().skip(usize::from(schema.saturating_sub(1)));
    Ok(Cow::Owned(pending.fold(old, |payload, step| step(payload)).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RENAMED: &[History] = &[History {
        event_type: "DoorOpened",
        steps: &[
            |mut old| {
                let hour = old["hour"].take();
                serde_json::json!({ "at": hour })
            },
            |mut old| {
                old["by"] = "unknown".into();
                old
            },
        ],
    }];

    #[test]
    fn a_payload_of_an_old_shape_passes_every_later_step() {
        let newest = upcast_with(RENAMED, "DoorOpened", 1, r#"{"hour":7}"#).unwrap();
        assert_eq!(newest, r#"{"at":7,"by":"unknown"}"#);
        let from_second = upcast_with(RENAMED, "DoorOpened", 2, r#"{"at":8}"#).unwrap();
        assert_eq!(from_second, r#"{"at":8,"by":"unknown"}"#);
    }

    #[test]
    fn a_payload_of_the_current_shape_is_left_as_it_is() {
        assert!(matches!(upcast_with(RENAMED, "DoorOpened", 3, "{}"), Ok(Cow::Borrowed("{}"))));
    }

    #[test]
    fn a_payload_of_a_newer_shape_is_refused_not_guessed() {
        let newer = upcast_with(RENAMED, "DoorOpened", 4, "{}");
        assert!(matches!(newer, Err(DecodeError::NewerSchema { known: 3, schema: 4, .. })));
    }
}
