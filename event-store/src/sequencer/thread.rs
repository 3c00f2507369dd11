//! A thread for one task.
//!
//! The sequencer waits for the database several times in every batch. Among hundreds of requests on a shared runtime it
//! would, each time, also wait for its turn.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    thread::Builder,
};

use tokio::{runtime, sync::oneshot, task::JoinHandle};

/// Runs a task on a thread of its own. The handle ends when the task does, and panics if it did.
pub(super) fn run(name: &str, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    let (done, ended) = oneshot::channel();
    let started = Builder::new().name(name.to_owned()).spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| block_on(task)));
        // Nobody may be waiting any more.
        let _ = done.send(outcome);
    });
    tokio::spawn(async move {
        if let Err(error) = started {
            tracing::error!(%error, "no thread could be started");
            return;
        }
        match ended.await {
            Ok(Ok(Ok(()))) | Err(_) => {}
            Ok(Ok(Err(error))) => tracing::error!(%error, "no runtime could be started"),
            Ok(Err(panic)) => resume_unwind(panic),
        }
    })
}

fn block_on(task: impl Future<Output = ()>) -> io::Result<()> {
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(task);
    Ok(())
}
