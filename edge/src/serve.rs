//! Listening, and stopping in order.

mod bodies;
mod bounds;
mod connection;
mod guest;
mod holder;
mod house;
mod patient;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

pub(crate) use bodies::TooSlow;
pub use bounds::Bounds;

use crate::metrics;
use house::House;

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

/// Connections that may wait to be accepted: as many as come in the second in which a show goes on sale.
const BACKLOG: u32 = 4_096;
/// How long to wait when the system has no more sockets.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// Listens on `address`, which came from `setting`.
pub async fn bind(address: SocketAddr, setting: &'static str) -> Result<TcpListener, BindError> {
    match listener(address) {
        Ok(listener) => Ok(listener),
        Err(source) if source.kind() == io::ErrorKind::AddrInUse => {
            // Looks through every process there is.
            let holder = tokio::task::spawn_blocking(move || holder::of_port(address.port())).await;
            Err(BindError { address, setting, holder: holder.ok().flatten(), source })
        }
        Err(source) => Err(BindError { address, setting, holder: None, source }),
    }
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Else the port of a server that just ended would be taken for a minute.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `cancel`, then answers what was accepted, for `bounds.drain` at most.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, cancel: CancellationToken) {
    let upkeep = tokio::spawn(metrics::upkeep(cancel.clone()));
    let house = House::new(bounds);
    let mut connections = JoinSet::new();
    tokio::select! {
        () = cancel.cancelled() => {}
        () = house.watch() => {}
        () = accept(&listener, &router, &house, &mut connections, &cancel) => {}
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(bounds.drain, all).await.is_err() {
        tracing::warn!(seconds = bounds.drain.as_secs(), "stopped with requests unanswered");
    }
    upkeep.abort();
}

/// Accepts for ever. Who has been accepted is served once there is a place; the others wait in the system's backlog,
/// where they cost nothing.
async fn accept(
    listener: &TcpListener,
    router: &Router,
    house: &Arc<House>,
    connections: &mut JoinSet<()>,
    cancel: &CancellationToken,
) {
    let protocol = connection::protocol();
    loop {
        let client = next(listener, house).await;
        let place = house.place().await;
        let server = (router.clone(), protocol.clone());
        connections.spawn(connection::attend(client, place, server, cancel.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn next(listener: &TcpListener, house: &House) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // An answer is one small write; waiting for more only adds 40 ms.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY is not set");
                }
                return (stream, peer);
            }
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted now");
                house.make_room();
                sleep(OUT_OF_SOCKETS).await;
            }
        }
    }
}

/// The client went before it was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    [io::ErrorKind::ConnectionRefused, io::ErrorKind::ConnectionAborted, io::ErrorKind::ConnectionReset]
        .contains(&error.kind())
}
