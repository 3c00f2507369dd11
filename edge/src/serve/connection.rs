//! One connection, from its first byte to its last.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::{Request, Response};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_util::sync::CancellationToken;
use tower::Service;

use super::{
    bodies::{Answer, Asked, Asking},
    guest::Guest,
    house::Place,
    patient::Patient,
};

/// The largest head of a request, and the most that is read ahead of a body.
const READ_AHEAD: usize = 64 * 1024;
/// Requests at once on one connection of HTTP/2.
const STREAMS: u32 = 128;
/// A connection that was asked to go and asks nothing is closed after so long, whatever it is in the middle of.
const GRACE: Duration = Duration::from_millis(250);

/// HTTP/1 and 2, whichever the client speaks.
pub(super) fn protocol() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(READ_AHEAD);
    builder.http2().max_concurrent_streams(STREAMS).max_header_list_size(16 * 1024);
    builder
}

/// Answers until the client has gone, or has to.
pub(super) async fn attend(
    (stream, peer): (TcpStream, SocketAddr),
    place: Place,
    (router, protocol): (Router, Builder<TokioExecutor>),
    cancel: CancellationToken,
) {
    let (guest, bounds) = (Arc::clone(&place.guest), place.house.bounds);
    let io = TokioIo::new(Patient::new(stream, Arc::clone(&guest), bounds.stall));
    let service = service_fn(move |request| answer(&router, request, peer, &guest, bounds.body));
    let mut connection = pin!(protocol.serve_connection(io, service));
    tokio::select! {
        ended = connection.as_mut() => return tell(ended),
        () = place.guest.dismissed() => {}
        () = cancel.cancelled() => {}
    }
    connection.as_mut().graceful_shutdown();
    loop {
        match timeout(GRACE, connection.as_mut()).await {
            Ok(ended) => return tell(ended),
            Err(_) if place.guest.is_free() => return,
            Err(_) => {}
        }
    }
}

fn answer(
    router: &Router,
    request: Request<Incoming>,
    peer: SocketAddr,
    guest: &Arc<Guest>,
    patience: Duration,
) -> impl Future<Output = Result<Response<Answer>, Infallible>> + use<> {
    let asking = Asking::new(guest);
    let mut request = request.map(|body| Body::new(Asked::new(body, patience)));
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.clone().call(request);
    async move { Ok(response.await?.map(|body| Answer { body, _asking: asking })) }
}

/// Clients come and go; how is of interest only to whoever looks for something.
fn tell(ended: Result<(), axum::BoxError>) {
    if let Err(error) = ended {
        tracing::debug!(error, "a connection broke");
    }
}
