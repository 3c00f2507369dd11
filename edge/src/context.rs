//! What the extractors and layers need from the service they stand in.

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use identity::Identity;
use uuid::Uuid;

use crate::Limits;

/// Tells the time; passed in, so that tests can choose it.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Makes `UUIDv7`s; passed in, so that ids have one source.
pub type Ids = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// The largest body that is read, in bytes.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

/// What the extractors and layers need; a part of every service's state, by `FromRef`. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    inner: Arc<Inner>,
}

struct Inner {
    identity: Identity,
    clock: Clock,
    ids: Ids,
    limits: Limits,
    trusted_proxies: usize,
}

impl Context {
    /// With clients' addresses taken from their connections.
    #[must_use]
    pub fn new(identity: Identity, clock: Clock, ids: Ids, limits: Limits) -> Self {
        Self { inner: Arc::new(Inner { identity, clock, ids, limits, trusted_proxies: 0 }) }
    }

    /// Behind `count` proxies that each append to `X-Forwarded-For`, clients' addresses are taken from there.
    #[must_use]
    pub fn behind_proxies(self, count: usize) -> Self {
        let Inner { identity, clock, ids, limits, .. } = &*self.inner;
        let inner = Inner {
            identity: identity.clone(),
            clock: Arc::clone(clock),
            ids: Arc::clone(ids),
            limits: limits.clone(),
            trusted_proxies: count,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Users and sessions.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.inner.identity
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        (self.inner.clock)()
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        (self.inner.ids)()
    }

    /// The limits on sign-in and sign-up.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    pub(crate) fn trusted_proxies(&self) -> usize {
        self.inner.trusted_proxies
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}
