//! What never happens, whatever is sent.

mod clocks;
mod idempotency;
mod ownership;
mod selling;
mod transitions;
