//! What a service takes on, and for whom it waits how long.

use std::time::Duration;

/// The bounds of a service. Whoever is slow is waited for, but not by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Connections at once. Further ones wait to be accepted; connections on which nothing is asked make room for them.
    pub connections: usize,
    /// How long the head of a request may take to arrive, from its first byte.
    pub head: Duration,
    /// How long the body may take, from the moment it is waited for.
    pub body: Duration,
    /// How long a client may leave its answer unread.
    pub stall: Duration,
    /// How long a connection stays open on which nothing is asked.
    pub idle: Duration,
    /// How long, once the service ends, what was accepted may take to be answered.
    pub drain: Duration,
}

impl Default for Bounds {
    /// Enough for a telephone in a tunnel, and longer idle than the usual proxy keeps a connection, which then never
    /// sends a request into one that is just being closed.
    fn default() -> Self {
        Self {
            connections: 8_192,
            head: Duration::from_secs(10),
            body: Duration::from_secs(10),
            stall: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            drain: Duration::from_secs(15),
        }
    }
}
