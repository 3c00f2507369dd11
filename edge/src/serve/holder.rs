//! Who holds a port, as Linux tells it in `/proc`.

use std::fs;

/// `LISTEN` in `/proc/net/tcp` (the kernel's `include/net/tcp_states.h`).
const LISTEN: &str = "0A";

/// `pid 123 (nginx)`; `None` where `/proc` is missing or the process is somebody else's.
pub(super) fn of_port(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"].iter().find_map(|table| inode(table, port))?;
    let socket = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let pid = pids.into_iter().find(|pid| holds(*pid, &socket))?;
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    Some(format!("pid {pid} ({})", name.trim()))
}

/// The socket that listens on the port: column 2 is the local address, 4 the state, 10 the inode.
fn inode(table: &str, port: u16) -> Option<u64> {
    let suffix = format!(":{port:04X}");
    fs::read_to_string(table).ok()?.lines().find_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let listens = columns.get(1)?.ends_with(&suffix) && *columns.get(3)? == LISTEN;
        listens.then(|| columns.get(9)?.parse().ok())?
    })
}

fn holds(pid: u32, socket: &str) -> bool {
    let Ok(open) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    open.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == socket))
}
