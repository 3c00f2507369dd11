//! Queries, one after the other of a list.

use super::{Answer, Traffic};

/// Queries, one after the other of a list, again and again.
pub(crate) struct Reads {
    requests: Vec<Vec<u8>>,
    next: usize,
}

impl Reads {
    /// Of these paths, each with the token of who asks.
    pub(crate) fn new<'a>(paths: impl IntoIterator<Item = (String, &'a str)>) -> Self {
        let request = |(path, token): (String, &str)| {
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n")
                .into_bytes()
        };
        Self { requests: paths.into_iter().map(request).collect(), next: 0 }
    }
}

impl Traffic for Reads {
    fn request(&mut self, _: usize, request: &mut Vec<u8>) {
        request.extend_from_slice(&self.requests[self.next % self.requests.len()]);
        self.next += 1;
    }

    fn answered(&mut self, _: &Answer<'_>) {}
}
