//! What no client should send, and what it must be told.

use rand::RngExt;

use super::{customer::Customer, persist::is_passing};

/// What is sent, where, and the status it deserves.
const NONSENSE: &[(&str, &str, &str, u16)] = &[
    ("malformed JSON", "/v1/orders", "{", 400),
    ("no object", "/v1/orders", "[]", 422),
    (
        "an unknown field",
        "/v1/orders",
        r#"{"show_id":"0199f3c1-0000-7000-8000-000000000004","payment_method":"manual","items":[{"section":"X","quantity":1}],"x":1}"#,
        422,
    ),
    (
        "a number as text",
        "/v1/orders",
        r#"{"show_id":"0199f3c1-0000-7000-8000-000000000004","payment_method":"manual","items":[{"section":"X","quantity":"1"}]}"#,
        422,
    ),
    (
        "too many",
        "/v1/orders",
        r#"{"show_id":"0199f3c1-0000-7000-8000-000000000004","payment_method":"manual","items":[{"section":"X","quantity":21}]}"#,
        422,
    ),
    (
        "an unknown show",
        "/v1/orders",
        r#"{"show_id":"0199f3c1-0000-7000-8000-000000000004","payment_method":"manual","items":[{"section":"X","quantity":1}]}"#,
        404,
    ),
    ("not an id", "/v1/orders/1/cancel", "{}", 404),
];

impl Customer {
    pub(super) async fn send_nonsense(&mut self) {
        let (what, path, body, deserves) = NONSENSE[self.me.rng.random_range(0..NONSENSE.len())];
        let way = self.me.way();
        let Ok(reply) = way.try_post_text(path, body).await else {
            return self.me.record.notes(what, "nothing");
        };
        self.me.record.notes(what, &reply.status.to_string());
        if reply.status != deserves && !is_passing(&reply) {
            self.complains((what, body), &reply);
        }
    }
}
