//! How our Postgres is set. On the command line, so that what a release changes takes effect at the next start.

use std::ffi::OsString;
use std::path::Path;

use super::PostgresOptions;

/// `postgres`' arguments.
pub(super) fn arguments(options: &PostgresOptions, data: &Path, port: u16, sockets: &Path) -> Vec<OsString> {
    let mut arguments = vec![OsString::from("-D"), data.as_os_str().to_owned()];
    let mut sockets_setting = OsString::from("unix_socket_directories=");
    sockets_setting.push(sockets);
    let sized = [
        format!("port={port}"),
        format!("shared_buffers={}MB", options.shared_buffers_mib),
        format!("max_connections={}", options.max_connections),
    ];
    let fixed = FIXED.iter().chain(FOR_THIS_SYSTEM).map(OsString::from);
    for setting in fixed.chain(sized.map(OsString::from)).chain([sockets_setting]) {
        arguments.extend([OsString::from("-c"), setting]);
    }
    arguments
}

const FIXED: &[&str] = &[
    "listen_addresses=127.0.0.1",
    "unix_socket_permissions=0700",
    // What a 2xx promises rests on these three.
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    // Replaying 1.4 GB of log after a crash took 10 s: keep it short.
    "max_wal_size=1GB",
    "checkpoint_timeout=1min",
    // A client that vanished without a farewell must not hold its locks for hours.
    "tcp_keepalives_idle=10",
    "tcp_keepalives_interval=5",
    "tcp_keepalives_count=3",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    // The detail lines of errors quote rows, and rows hold names and addresses.
    "log_error_verbosity=terse",
    "log_min_messages=warning",
    "log_min_error_statement=panic",
    "log_line_prefix=%m [%p] ",
];

#[cfg(target_os = "linux")]
const FOR_THIS_SYSTEM: &[&str] = &["tcp_user_timeout=10s", "client_connection_check_interval=5s"];
/// Elsewhere these are refused, or not to be had.
#[cfg(not(target_os = "linux"))]
const FOR_THIS_SYSTEM: &[&str] = &[];
