//! Open files: every connection is one.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Files that are open besides connections of clients: to the database, to NATS, logs.
const OTHERS: u64 = 256;

/// Sees to it that so many connections can be open. The soft limit, often 1,024, is there for programs that would not
/// bear more; this one may have what the hard limit allows.
pub(crate) fn allow(connections: u16) {
    let wanted = 2 * u64::from(connections) + OTHERS;
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    if soft >= wanted {
        return;
    }
    let possible = wanted.min(hard);
    let raised = setrlimit(Resource::RLIMIT_NOFILE, possible, hard);
    if possible < wanted || raised.is_err() {
        tracing::warn!(limit = hard, wanted, "not enough files can be open for STAGEDOOR_CONNECTIONS");
    }
}
