//! Log to JetStream.
