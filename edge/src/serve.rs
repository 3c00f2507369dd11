//! Listening, and stopping in order.

mod holder;

use std::{io, net::SocketAddr, time::Duration};

use axum::{Router, serve::ListenerExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::metrics;

/// An address that can't be listened on.
#[derive(Debug, thiserror::Error)]
#[error("{address} can't be listened on: {}{}; choose another with {setting}", .source, .holder.as_ref().map(|h| format!(" (held by {h})")).unwrap_or_default())]
pub struct BindError {
    /// The address.
    pub address: SocketAddr,
    /// The setting that chooses it.
    pub setting: &'static str,
    /// Who holds the port, where the system tells.
    pub holder: Option<String>,
    /// What the system said.
    pub source: io::Error,
}

/// Listens on `address`, which came from `setting`.
pub async fn bind(address: SocketAddr, setting: &'static str) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| {
        let taken = source.kind() == io::ErrorKind::AddrInUse;
        let holder = taken.then(|| holder::of_port(address.port())).flatten();
        BindError { address, setting, holder, source }
    })
}

/// Serves until `cancel`, then answers what was accepted, for `drain` at most.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    cancel: CancellationToken,
    drain: Duration,
) -> io::Result<()> {
    let upkeep = tokio::spawn(metrics::upkeep(cancel.clone()));
    let listener = listener.tap_io(|stream| {
        // An answer is one small write; waiting for more only adds 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY is not set");
        }
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(cancel.clone().cancelled_owned());
    let outcome = tokio::select! {
        done = server => done,
        () = deadline(cancel, drain) => {
            tracing::warn!(seconds = drain.as_secs(), "stopped with requests unanswered");
            Ok(())
        }
    };
    upkeep.abort();
    outcome
}

async fn deadline(cancel: CancellationToken, drain: Duration) {
    cancel.cancelled().await;
    tokio::time::sleep(drain).await;
}
