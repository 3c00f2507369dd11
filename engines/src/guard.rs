//! Cleaning up after a process that can't: one that was killed, or whose statics are never dropped.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::error::{At, EngineError};

/// Reads until the other end of its input is closed, which the death of the guarded process does. Then it
/// stops the engines whose pid files lie in the directory, waits for at most 10 s, and removes the directory.
const SCRIPT: &str = r#"
cat >/dev/null
pids=
for file in "$1"/*.pid; do
  [ -f "$file" ] || continue
  { read -r pid; read -r data; } <"$file"
  case "$(ps -ww -o args= -p "$pid" 2>/dev/null)" in *"$data"*) kill -QUIT "$pid"; pids="$pids $pid" ;; esac
done
for pid in $pids; do
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL "$pid" 2>/dev/null
done
rm -rf -- "$@"
"#;

/// While it lives, the guard waits.
#[derive(Debug)]
pub(crate) struct Guard {
    _watcher: Child,
    _alive: Option<ChildStdin>,
}

/// Sets a watcher on a directory of throw-away engines; what else belongs to them is only removed.
pub(crate) fn set(directory: &Path, also: &[&Path]) -> Result<Guard, EngineError> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT, "stagedoor-guard"]).arg(directory).args(also).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    let mut watcher = command.spawn().at("start", "/bin/sh")?;
    let alive = watcher.stdin.take();
    Ok(Guard { _watcher: watcher, _alive: alive })
}
