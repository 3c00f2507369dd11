//! Extractors whose rejections are problems.
//!
//! The public contract fixes the order in which a request is checked. [`Command`] and [`Replacement`] keep to it by
//! themselves; in a query, axum runs extractors in the order of the handler's arguments, so write
//! `caller, query, path`.

mod address;
mod body;
mod caller;
mod canonical;
mod command;
mod if_match;
mod key;
mod named;
mod path;
mod query;
mod shape;

pub use address::ClientAddress;
pub use body::{JsonBody, RawBody, SignedBody};
pub use caller::{Admin, Bearer, Caller, Credential, Customer, Operator, Organizer, Staff};
pub use canonical::Fingerprint;
pub use command::{Command, Origin, Replacement};
pub use if_match::IfMatch;
pub use key::IdempotencyKey;
pub use path::{FromPath, NoPath, PathId};
pub use query::{Paging, Parameters, Params, Query};
pub use shape::{NoBody, Shape};
