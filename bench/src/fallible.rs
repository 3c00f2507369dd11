//! What went wrong ends a measurement; nobody recovers from it.

/// A value, or what is to be told to whoever measures.
pub(crate) type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
