//! What never happens, whatever is sent.

mod idempotency;
mod ownership;
mod selling;
mod transitions;
