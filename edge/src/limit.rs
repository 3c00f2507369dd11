//! Limits on how often something may be tried.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use governor::{DefaultDirectRateLimiter, RateLimiter, clock::Clock as _, clock::DefaultClock};
use http::{HeaderName, HeaderValue};
use moka::future::Cache;
use sha2::{Digest, Sha256};

use crate::{Problem, extract::ClientAddress};

/// So many keys are watched at once; an attacker with more addresses than that is beyond a limit in memory.
const WATCHED: u64 = 100_000;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// How often: `burst` at once, refilled evenly over `window`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many may come at once.
    pub burst: NonZeroU32,
    /// How long until a whole burst is free again.
    pub window: Duration,
}

impl Quota {
    /// `burst` (at least 1) in each `window`.
    #[must_use]
    pub fn new(burst: u32, window: Duration) -> Self {
        Self { burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN), window }
    }
}

/// The limits of a service; one set per process.
#[derive(Debug, Clone)]
pub struct Limits {
    /// `POST /v1/sessions`.
    pub sign_in: Limit,
    /// `POST /v1/users`.
    pub sign_up: Limit,
}

impl Limits {
    /// No limits, as for load tests.
    #[must_use]
    pub fn off() -> Self {
        Self { sign_in: Limit::off(), sign_up: Limit::off() }
    }
}

impl Default for Limits {
    /// Generous to an office behind one address, and hopeless for guessing passwords.
    fn default() -> Self {
        let minute = Duration::from_mins(1);
        Self {
            sign_in: Limit::new(Quota::new(60, minute), Quota::new(10, minute)),
            sign_up: Limit::new(Quota::new(30, minute), Quota::new(5, minute)),
        }
    }
}

/// A limit per address and per account. Cheap to clone; clones count together.
#[derive(Debug, Clone)]
pub struct Limit {
    counters: Option<(Counter, Counter)>,
}

impl Limit {
    /// Counts addresses and accounts apart.
    #[must_use]
    pub fn new(address: Quota, account: Quota) -> Self {
        Self { counters: Some((Counter::new("address", address), Counter::new("account", account))) }
    }

    /// Lets everything pass.
    #[must_use]
    pub fn off() -> Self {
        Self { counters: None }
    }

    /// Counts one try; 429 when either has none left. `account` is hashed: no name of anybody is kept.
    pub async fn check(&self, address: ClientAddress, account: &str) -> Result<(), Problem> {
        let Some((addresses, accounts)) = &self.counters else { return Ok(()) };
        addresses.check(address.0.to_string().as_bytes()).await?;
        accounts.check(account.as_bytes()).await
    }
}

#[derive(Debug, Clone)]
struct Counter {
    name: &'static str,
    quota: Quota,
    buckets: Cache<[u8; 32], Arc<DefaultDirectRateLimiter>>,
    clock: DefaultClock,
}

impl Counter {
    fn new(name: &'static str, quota: Quota) -> Self {
        // After a window without tries a bucket is full again, and may as well be forgotten.
        let buckets = Cache::builder().max_capacity(WATCHED).time_to_idle(quota.window).build();
        Self { name, quota, buckets, clock: DefaultClock::default() }
    }

    async fn check(&self, key: &[u8]) -> Result<(), Problem> {
        let bucket =
            self.buckets.get_with(Sha256::digest(key).into(), async { Arc::new(self.bucket()) }).await;
        let Err(refused) = bucket.check() else { return Ok(()) };
        let wait = refused.wait_time_from(self.clock.now()).as_secs() + 1;
        let mut problem = Problem::too_many_requests(wait);
        for (name, value) in self.headers(wait) {
            problem = problem.with_header(name, value);
        }
        Err(problem)
    }

    fn bucket(&self) -> DefaultDirectRateLimiter {
        let refill = self.quota.window / self.quota.burst.get();
        let quota = governor::Quota::with_period(refill.max(Duration::from_nanos(1)))
            .unwrap_or_else(|| governor::Quota::per_second(self.quota.burst))
            .allow_burst(self.quota.burst);
        RateLimiter::direct(quota)
    }

    /// draft-ietf-httpapi-ratelimit-headers-10.
    fn headers(&self, wait: u64) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let Self { name, quota, .. } = self;
        let policy = format!("\"{name}\";q={};w={}", quota.burst, quota.window.as_secs());
        let state = format!("\"{name}\";r=0;t={wait}");
        let values = [(POLICY, HeaderValue::try_from(policy)), (RATE_LIMIT, HeaderValue::try_from(state))];
        values.into_iter().filter_map(|(name, value)| Some((name, value.ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> ClientAddress {
        ClientAddress(address.parse().unwrap())
    }

    fn one_a_minute() -> Limit {
        let minute = Duration::from_mins(1);
        Limit::new(Quota::new(2, minute), Quota::new(1, minute))
    }

    #[tokio::test]
    async fn an_account_is_protected_from_many_addresses() {
        let limit = one_a_minute();
        assert!(limit.check(from("192.0.2.1"), "ada").await.is_ok());
        let refused = limit.check(from("192.0.2.2"), "ada").await.unwrap_err();
        assert_eq!(refused.status(), 429);
    }

    #[tokio::test]
    async fn an_address_may_not_try_many_accounts() {
        let limit = one_a_minute();
        assert!(limit.check(from("192.0.2.1"), "ada").await.is_ok());
        assert!(limit.check(from("192.0.2.1"), "bob").await.is_ok());
        assert!(limit.check(from("192.0.2.1"), "eve").await.is_err());
        assert!(limit.check(from("192.0.2.2"), "eve").await.is_ok());
    }

    #[tokio::test]
    async fn a_refusal_says_when_to_come_back() {
        let limit = one_a_minute();
        let refused = async {
            limit.check(from("192.0.2.1"), "ada").await?;
            limit.check(from("192.0.2.1"), "ada").await
        };
        let response = refused.await.unwrap_err().render(None);
        let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert_eq!(response.headers()["ratelimit-policy"], "\"account\";q=1;w=60");
    }

    #[tokio::test]
    async fn limits_can_be_turned_off() {
        for _ in 0..1000 {
            assert!(Limits::off().sign_in.check(from("192.0.2.1"), "ada").await.is_ok());
        }
    }
}
