//! Being asked to end.

use tokio::signal::unix::{SignalKind, signal};

/// Returns at the first Ctrl-C or SIGTERM.
pub(crate) async fn received() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::error!("signals can't be received; end the program with SIGKILL");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
