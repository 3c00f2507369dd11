//! A payment provider to practise with: it speaks the part of Stripe's HTTP API that is used here, keeps its own books
//! in a file, and tells of what happened by signed webhooks.
//!
//! What it does is chosen by a charge's amount: its last two digits, in minor units. They matter where the charge is
//! confirmed: by the request that makes it (`confirm=true` with a `payment_method`), or by one of its own.
//!
//! | last two digits | what happens |
//! | --- | --- |
//! | 00-79, 99 | approved at once, webhook after |
//! | 80 | declined, `insufficient_funds` |
//! | 81 | declined, `card_declined` |
//! | 82 | no answer for 10 s; succeeds meanwhile |
//! | 83 | no answer for 10 s; fails meanwhile |
//! | 84 | approved; the webhook is sent three times |
//! | 85 | approved; after the webhook an older one says that it failed |
//! | 86 | approved; the webhook arrives before the answer |
//! | 87 | pending; a webhook says that it failed, but it succeeds after 2 s |
//! | 88 | approved; after the webhook a newer one says that it failed |
//! | 89 | pending; succeeds after 2 s |
//! | 90 | pending; succeeds after (amount / 100) mod 1000 seconds |
//! | 91 | pending; fails after 2 s |
//! | 92 | pending until it is cancelled |
//! | 93 | 503 the first three times, then approved |
//! | 94 | approved; its refund is answered 500 the first two times |
//! | 95 | approved; its refund is pending and succeeds after 2 s |
//! | 96 | 429 with `Retry-After: 1` the first time, then approved |
//! | 97 | approved, but the connection is cut without an answer the first time |
//! | 98 | approved; its refund is pending and fails after 2 s, the next one succeeds after 2 s |
//!
//! What was answered was written to the books before, and is found there at the next start. `GET /books` shows what was
//! taken and given back.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod api;
mod bank;
mod behaviour;
mod books;
mod charging;
mod courier;
mod intent;
mod notice;
mod refund;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use edge::{BindError, Bounds, Clock};
use providers::signature::Secrets;
use tokio::{net::TcpListener, sync::Notify};
use tokio_util::sync::CancellationToken;

use bank::Bank;
pub use books::BooksError;
use books::Writing;

/// The setting that says where it listens.
pub const LISTEN: &str = "STAGEDOOR_PROVIDER_SIM_LISTEN";

/// How long, once it ends, what was accepted may take to be answered.
const DRAIN: Duration = Duration::from_secs(1);

/// Where the provider is, and as what.
#[derive(Clone)]
pub struct Options {
    /// Where it listens; port 0 for any.
    pub listen: SocketAddr,
    /// The file with its books; made if it is missing.
    pub books: PathBuf,
    /// What callers name themselves by, `sk_…`.
    pub secret_key: String,
    /// Who is told of what happened; nobody without.
    pub webhook_url: Option<String>,
    /// With what that is signed.
    pub webhook_secret: Secrets,
    /// Where the time comes from.
    pub clock: Clock,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("books", &self.books)
            .finish_non_exhaustive()
    }
}

/// Why there is no provider.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The address can't be listened on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The books can't be kept.
    #[error("the provider's books can't be kept: {0}")]
    Books(#[from] BooksError),
    /// There is no client for the webhooks.
    #[error("webhooks can't be sent: {0}")]
    Client(#[from] reqwest::Error),
}

/// A provider that has its books and its address, and waits to be run.
pub struct Simulator {
    listener: TcpListener,
    bank: Arc<Bank>,
    writing: Writing,
    client: reqwest::Client,
    end: CancellationToken,
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulator").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl Simulator {
    /// Listens, and reads the books.
    ///
    /// # Errors
    /// See [`SimulatorError`].
    pub async fn open(options: Options) -> Result<Self, SimulatorError> {
        let listener = edge::bind(options.listen, LISTEN).await?;
        let (books, scribe, writing) = books::open(&options.books)?;
        let client = courier::client()?;
        let end = CancellationToken::new();
        let bank = Bank {
            books: books.into(),
            scribe,
            options,
            changed: Notify::new(),
            told: Notify::new(),
            end: end.clone(),
        };
        Ok(Self { listener, bank: Arc::new(bank), writing, client, end })
    }

    /// Where it listens; `None` if the system does not tell.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Serves until `cancel`. What was not told by then is told after the next start.
    ///
    /// # Errors
    /// The books could not be written any more.
    pub async fn run(self, cancel: CancellationToken) -> Result<(), SimulatorError> {
        let Self { listener, bank, writing, client, end } = self;
        let writing = tokio::spawn(writing.run(end.clone()));
        let courier = tokio::spawn(courier::run(Arc::clone(&bank), client));
        let bounds = Bounds { drain: DRAIN, ..Bounds::default() };
        let serving = edge::serve(listener, api::router(bank), bounds, end.clone());
        let ending = async {
            tokio::select! {
                () = cancel.cancelled() => end.cancel(),
                () = end.cancelled() => {}
            }
        };
        tokio::join!(serving, ending);
        // It only fails by a panic, which was reported; the books are what counts.
        let _ = courier.await;
        match writing.await {
            Ok(written) => Ok(written?),
            Err(_) => Ok(()),
        }
    }
}

/// Opens and runs a provider.
///
/// # Errors
/// See [`SimulatorError`].
pub async fn serve(options: Options, cancel: CancellationToken) -> Result<(), SimulatorError> {
    Simulator::open(options).await?.run(cancel).await
}
