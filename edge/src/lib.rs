//! What both HTTP services share: problems, credentials, bodies, paging, limits, health and metrics.
//!
//! A service builds its routes from the extractors in [`extract`], which check a request in the order that the public
//! contract fixes, and hands the router to [`service`], which puts everything else around it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod answer;
mod context;
pub mod extract;
mod limit;
pub mod metrics;
mod page;
mod problem;
mod serve;
mod service;
mod trace;

pub use answer::Answered;
pub use context::{Clock, Context, Ids};
pub use limit::{Limit, Limits, Quota};
pub use page::{Page, decode_cursor, encode_cursor};
pub use problem::{FieldError, Problem, ProblemBody, QueryError};
pub use serve::{BindError, Bounds, bind, serve};
pub use service::{Check, Options, health, service};
pub use trace::{RequestId, TraceParent};
