//! One `up` at a time on one directory, and which process it is.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    time::Duration,
};

use nix::unistd::Pid;
use tokio::time::sleep;

/// Lies beside the data, names the process, and is locked for as long as that lives. It is never removed: a lock on a
/// file that is gone excludes nobody.
pub(crate) const PID_FILE: &str = "up.pid";

/// Who only looks holds the lock for a moment, so it is tried again.
const TRIES: u32 = 10;
const TRY_EVERY: Duration = Duration::from_millis(20);

/// Held by a running `up`; the system gives it back however the process ends.
pub(crate) struct UpLock {
    file: File,
}

impl UpLock {
    /// `None` when another process holds it.
    pub(crate) async fn take(path: &Path) -> io::Result<Option<Self>> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => {
                    file.set_len(0)?;
                    writeln!(file, "{}", std::process::id())?;
                    return Ok(Some(Self { file }));
                }
                Err(TryLockError::WouldBlock) => sleep(TRY_EVERY).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }
}

impl Drop for UpLock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
    }
}

/// Whether an `up` runs.
pub(crate) fn is_held(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// The `up` that runs, once it has written its name.
pub(crate) async fn holder(path: &Path) -> Option<Pid> {
    for _ in 0..TRIES {
        if !is_held(path) {
            return None;
        }
        if let Some(pid) = named(path).filter(|pid| is_up(*pid)) {
            return Some(pid);
        }
        sleep(TRY_EVERY).await;
    }
    None
}

fn named(path: &Path) -> Option<Pid> {
    fs::read_to_string(path).ok()?.trim().parse().ok().map(Pid::from_raw)
}

/// Between its taking the lock and its writing, the file may still name an earlier process, whose pid is somebody
/// else's by now.
fn is_up(pid: Pid) -> bool {
    match fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(line) => {
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains("stagedoor") && line.split('\0').any(|word| word == "up")
        }
        // Without /proc the lock has to do.
        Err(_) => !Path::new("/proc/self").exists(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_one_holds_the_lock_and_its_end_frees_it() {
        let name = format!("stagedoor-up-lock-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        // Named, but not locked: left behind by a crash.
        fs::write(&path, "1\n").unwrap();
        assert!(!is_held(&path));
        let lock = UpLock::take(&path).await.unwrap().unwrap();
        assert!(is_held(&path));
        assert!(UpLock::take(&path).await.unwrap().is_none());
        assert_eq!(named(&path).unwrap().as_raw().cast_unsigned(), std::process::id());
        drop(lock);
        assert!(!is_held(&path));
        assert_eq!(named(&path), None);
        fs::remove_file(&path).unwrap();
    }
}
