//! Somebody's directory, in which they run `stagedoor up`.

use std::{
    cell::RefCell,
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, geteuid},
};
use tempfile::TempDir;

use super::{
    Api, Caller, Ports, Process, Ran, eventually, http,
    program::{Settings, command, finish, program},
};

/// What `nobody` is on every Linux.
const NOBODY: u32 = 65_534;
const UP_WITHIN: Duration = Duration::from_mins(2);
const DOWN_WITHIN: Duration = Duration::from_mins(1);
const DEMO_PASSWORD: &str = "stagedoor-demo";

/// Who runs the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    /// Whoever runs the tests; in a container, root.
    Tester,
    /// Somebody without any rights.
    Nobody,
}

/// Closed to others; all that runs on it ends with it.
pub(crate) struct Home {
    pub(crate) directory: TempDir,
    pub(crate) ports: Ports,
    program: PathBuf,
    who: As,
    starts: RefCell<usize>,
}

impl Home {
    /// `None` where the tests can't become somebody else.
    pub(crate) fn of(who: As) -> Option<Self> {
        if who == As::Nobody && !geteuid().is_root() {
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let home = Self {
            program: own(&directory, &program()),
            directory,
            ports: Ports::free(),
            who,
            starts: RefCell::new(0),
        };
        home.fetch_engines();
        Some(home)
    }

    /// As `./bootstrap` would have.
    fn fetch_engines(&self) {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let (fetched, data) = (workspace.join(".stagedoor/bin"), self.data());
        if fetched.exists() {
            fs::create_dir_all(&data).unwrap();
            let copied = Command::new("cp").arg("-R").arg(fetched).arg(&data).status().unwrap();
            assert!(copied.success());
        }
        if self.who == As::Nobody {
            give_away(self.directory.path());
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join(".stagedoor")
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = self.ports.settings();
        settings.push(("HOME", self.directory.path().display().to_string()));
        for name in ["STAGEDOOR_PG_BIN", "STAGEDOOR_NATS_BIN"] {
            settings.extend(std::env::var(name).ok().map(|value| (name, value)));
        }
        settings
    }

    /// A program, run by whose home this is.
    fn command(&self, program: &Path, settings: &Settings) -> Command {
        let mut command = command(program, settings, self.directory.path());
        if self.who == As::Nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    /// `stagedoor up`, up.
    pub(crate) async fn up(&self) -> Up {
        self.up_with(&[]).await
    }

    pub(crate) async fn up_with(&self, arguments: &[&str]) -> Up {
        let number = self.starts.replace_with(|starts| *starts + 1);
        let mut command = self.command(&self.program, &self.settings());
        command.arg("up").args(arguments);
        let mut process = Process::start(command, self.directory.path().join(format!("up-{number}.log")));
        process.says("Stagedoor is up", UP_WITHIN).await;
        Up { process, data: self.data() }
    }

    /// The program, with these arguments, to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(&self.program, &self.settings());
        command.args(arguments);
        finish(command, "").await
    }

    /// What a newcomer types in a second terminal.
    pub(crate) async fn shell(&self, script: &str) -> Ran {
        let program = self.program.display().to_string();
        let mut command = self.command(Path::new("/bin/sh"), &[]);
        command.arg("-c").arg(script.replace("cargo run --quiet --bin stagedoor --", &program));
        finish(command, "").await
    }

    pub(crate) async fn sign_in(&self, who: &str) -> Caller {
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        let api =
            Api { http: http::client(), commands: at(self.ports.command), queries: at(self.ports.query) };
        let stranger = Caller { api, user_id: String::new(), token: None };
        stranger.sign_in(&format!("{who}@stagedoor.test"), DEMO_PASSWORD).await
    }

    /// The processes of the engines that run on this home.
    pub(crate) fn engines(&self) -> Vec<Pid> {
        engines(&self.data())
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What was killed leaves its engines behind.
        for engine in self.engines() {
            let _ = kill(engine, Signal::SIGKILL);
        }
        // Where root could not pass its own directory to Postgres, the data is elsewhere.
        if let Ok(target) = fs::read_link(self.data().join("postgres"))
            && let Some(elsewhere) =
                target.parent().filter(|parent| parent.starts_with("/var/lib/stagedoor/"))
        {
            let _ = fs::remove_dir_all(elsewhere);
        }
    }
}

/// A running `up`. Ends in order, and its engines with it.
pub(crate) struct Up {
    pub(crate) process: Process,
    data: PathBuf,
}

impl Up {
    /// As a crash would end it: without its engines.
    pub(crate) fn kill9(&mut self) {
        self.process.kill9();
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(&mut self) -> std::process::ExitStatus {
        self.process.ended(DOWN_WITHIN).await
    }

    /// Waits until no engine runs on its data.
    pub(crate) async fn engines_ended(&self) {
        eventually("the end of the engines", DOWN_WITHIN, || async {
            engines(&self.data).is_empty().then_some(())
        })
        .await;
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        self.process.end(DOWN_WITHIN);
    }
}

/// Those that a pid file names and whose command line names the data: pids are used again.
fn engines(data: &Path) -> Vec<Pid> {
    let running = ["postgres", "nats"].into_iter().filter_map(|engine| {
        let named = fs::read_to_string(data.join(format!("{engine}.pid"))).ok()?;
        let pid: i32 = named.lines().next()?.trim().parse().ok()?;
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let directory = data.join(engine).canonicalize().ok()?;
        let beside = data.canonicalize().ok()?;
        let line = String::from_utf8_lossy(&line);
        [directory, beside]
            .iter()
            .any(|place| line.contains(&*place.to_string_lossy()))
            .then(|| Pid::from_raw(pid))
    });
    running.collect()
}

/// A copy, since others may not pass to where the program was built.
fn own(directory: &TempDir, program: &Path) -> PathBuf {
    let copy = directory.path().join("stagedoor");
    fs::copy(program, &copy).unwrap();
    copy
}

fn give_away(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).unwrap() {
            give_away(&entry.unwrap().path());
        }
    }
}

impl Process {
    /// Asks it to end, and kills it when it does not.
    fn end(&mut self, within: Duration) {
        let begun = Instant::now();
        if self.is_running() {
            self.signal(Signal::SIGTERM);
        }
        while self.is_running() && begun.elapsed() < within {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
