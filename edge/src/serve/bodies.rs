//! Bodies on their way in and out.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep};

use super::guest::Guest;

/// A body did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the body did not arrive in time")]
pub(crate) struct TooSlow;

/// A request's body, which has to be there by a certain time.
#[derive(Debug)]
pub(super) struct Asked {
    body: Incoming,
    patience: Duration,
    /// Runs from the first time that the body is waited for: most come along with their head.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Asked {
    pub(super) fn new(body: Incoming, patience: Duration) -> Self {
        Self { body, patience, waiting: None }
    }
}

impl HttpBody for Asked {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let patience = self.patience;
        ready!(self.waiting.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(cx));
        Poll::Ready(Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A request that is being answered, until its answer has been taken.
#[derive(Debug)]
pub(super) struct Asking(Arc<Guest>);

impl Asking {
    pub(super) fn new(guest: &Arc<Guest>) -> Self {
        guest.asks();
        Self(Arc::clone(guest))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.is_answered();
    }
}

/// An answer's body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) body: Body,
    pub(super) _asking: Asking,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
