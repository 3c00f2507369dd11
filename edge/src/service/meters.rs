//! The meters of requests. Looking one up by its labels costs more than counting, so each is looked up once.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use http::StatusCode;
use metrics::{Counter, Histogram};

/// Where one request is counted.
#[derive(Clone)]
struct Meter {
    requests: Counter,
    duration: Histogram,
}

/// By path, then by method and status. Routes, methods and statuses are few.
type Known = HashMap<String, HashMap<(&'static str, u16), Meter>>;

pub(super) struct Meters {
    service: &'static str,
    known: RwLock<Known>,
}

impl Meters {
    pub(super) fn new(service: &'static str) -> Self {
        Self { service, known: RwLock::default() }
    }

    /// Counts a request that took so long. `path` is the route's, not the request's.
    pub(super) fn count(&self, method: &'static str, path: &str, status: StatusCode, took: Duration) {
        let key = (method, status.as_u16());
        let find = |known: &Known| known.get(path)?.get(&key).cloned();
        let found = find(&self.known.read().unwrap_or_else(PoisonError::into_inner));
        let meter = found.unwrap_or_else(|| {
            let meter = self.register(method, path, status);
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            known.entry(path.to_owned()).or_default().insert(key, meter.clone());
            meter
        });
        meter.requests.increment(1);
        meter.duration.record(took);
    }

    fn register(&self, method: &'static str, path: &str, status: StatusCode) -> Meter {
        let labels = [
            ("service", self.service.to_owned()),
            ("method", method.to_owned()),
            ("path", path.to_owned()),
            ("status", status.as_u16().to_string()),
        ];
        Meter {
            requests: metrics::counter!("http_requests_total", &labels),
            duration: metrics::histogram!("http_request_duration_seconds", &labels[..3]),
        }
    }
}
