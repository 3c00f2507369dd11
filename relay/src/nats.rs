//! Connections to NATS.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::error::{Asked, RelayError};

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// A peer that vanished without a word is noticed after two of these.
const PING_EVERY: Duration = Duration::from_secs(5);

/// Where NATS is, and how it knows us.
#[derive(Clone)]
pub struct NatsOptions {
    /// `nats://user:password@host:port`, several by comma.
    pub url: String,
    /// Further options: certificates, a credentials file.
    pub connect: ConnectOptions,
}

impl NatsOptions {
    /// Credentials, if any, stand in the URL.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connect: ConnectOptions::new() }
    }
}

impl std::fmt::Debug for NatsOptions {
    /// Shows no URL: it may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NatsOptions").finish_non_exhaustive()
    }
}

/// A connection that does not mend itself: what was in flight when it broke has an unknown fate, and only a look at
/// the stream tells what to send next.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) client: Client,
    /// Fires when the connection is lost.
    pub(crate) lost: CancellationToken,
}

impl Link {
    /// Connects once.
    pub(crate) async fn open(options: &NatsOptions, in_flight: usize) -> Result<Self, RelayError> {
        let lost = CancellationToken::new();
        let noticed = lost.clone();
        let connect = base(options).max_reconnects(1).client_capacity(in_flight.max(2_048)).event_callback(
            move |event| {
                if matches!(event, Event::Disconnected | Event::Closed) {
                    noticed.cancel();
                }
                std::future::ready(())
            },
        );
        Ok(Self { client: open(options, connect).await?, lost })
    }
}

/// A connection that mends itself, named after its `purpose`.
///
/// # Errors
/// NATS can't be reached within 2 s, or refuses the credentials.
pub async fn connect(options: &NatsOptions, purpose: &str) -> Result<Client, RelayError> {
    open(options, base(options).name(format!("stagedoor {purpose}"))).await
}

fn base(options: &NatsOptions) -> ConnectOptions {
    options
        .connect
        .clone()
        .name("stagedoor relay")
        .connection_timeout(CONNECT_WITHIN)
        .request_timeout(Some(ANSWER_WITHIN))
        .ping_interval(PING_EVERY)
}

async fn open(options: &NatsOptions, connect: ConnectOptions) -> Result<Client, RelayError> {
    const ASKED: &str = "let us connect";
    let servers: Result<Vec<ServerAddr>, _> = options.url.split(',').map(|url| url.trim().parse()).collect();
    let servers = servers.asked(ASKED)?;
    let connecting = with_credentials(connect, &servers).connect(&servers);
    timeout(CONNECT_WITHIN * 2, connecting).await.asked(ASKED)?.asked(ASKED)
}

/// `async_nats` reads credentials from options only. `user:password@`, or a token alone before the `@`; all servers
/// of a cluster share them.
fn with_credentials(connect: ConnectOptions, servers: &[ServerAddr]) -> ConnectOptions {
    let named = servers.iter().find_map(|server| Some((server.username()?, server.password())));
    match named {
        Some((user, Some(password))) => connect.user_and_password(user.to_owned(), password.to_owned()),
        Some((token, None)) => connect.token(token.to_owned()),
        None => connect,
    }
}
