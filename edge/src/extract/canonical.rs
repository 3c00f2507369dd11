//! What makes two requests the same: method, path and parsed body.

use http::{Method, Uri};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256 over method, path and the body in canonical form (members sorted, no white space).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    pub(super) fn of(method: &Method, uri: &Uri, body: &Value) -> Self {
        let mut digest = Sha256::new();
        // Neither a method nor a path can contain a line feed, so no two requests run into one another.
        let mut text = Vec::with_capacity(512);
        canonical(body, &mut text);
        for part in [method.as_str().as_bytes(), uri.path().as_bytes(), &text] {
            digest.update(part);
            digest.update(b"\n");
        }
        Self(digest.finalize().into())
    }
}

/// Sorts by itself: whether `serde_json` keeps members in order is a feature that any dependency may turn on.
fn canonical(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            text.push(b'{');
            for (index, (name, value)) in sorted.into_iter().enumerate() {
                text.extend_from_slice(if index == 0 { b"" } else { b"," });
                scalar(name, text);
                text.push(b':');
                canonical(value, text);
            }
            text.push(b'}');
        }
        Value::Array(items) => {
            text.push(b'[');
            for (index, item) in items.iter().enumerate() {
                text.extend_from_slice(if index == 0 { b"" } else { b"," });
                canonical(item, text);
            }
            text.push(b']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => scalar(value, text),
    }
}

fn scalar(value: &impl Serialize, text: &mut Vec<u8>) {
    // Texts and numbers can always be written, and to memory.
    let _ = serde_json::to_writer(text, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(path: &str, body: &Value) -> Fingerprint {
        Fingerprint::of(&Method::POST, &path.parse().unwrap(), body)
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        let ab: Value = serde_json::from_str(r#"{"a": {"c": 1, "d": [1, 2]}, "b": "x"}"#).unwrap();
        let ba: Value = serde_json::from_str(r#"{"b":"x","a":{"d":[1,2],"c":1}}"#).unwrap();
        assert_eq!(of("/v1/orders", &ab), of("/v1/orders", &ba));
        let mut text = Vec::new();
        canonical(&ba, &mut text);
        assert_eq!(text, br#"{"a":{"c":1,"d":[1,2]},"b":"x"}"#);
    }

    #[test]
    fn another_path_value_type_or_order_of_items_is_another_request() {
        let first = of("/v1/orders", &json!({"a": [1, 2]}));
        assert_ne!(first, of("/v1/order", &json!({"a": [1, 2]})));
        assert_ne!(first, of("/v1/orders", &json!({"a": [2, 1]})));
        assert_ne!(first, of("/v1/orders", &json!({"a": ["1", 2]})));
        assert_ne!(first, of("/v1/orders", &json!({"a": [1, 2], "b": null})));
    }
}
