//! The program under test: `stagedoor`, as it lies beside this one.

use std::{
    env,
    error::Error,
    fs::File,
    io,
    net::TcpListener,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

use super::House;
use crate::{fallible::Fallible, figures::peak_of, load::Connection};

const READY_WITHIN: Duration = Duration::from_mins(3);
const ENDS_WITHIN: Duration = Duration::from_secs(30);
/// Often enough for how long a rebuild takes, and seldom enough not to be in its way.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What `serve` can serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    CommandApi,
    Relay,
    All,
}

/// Where one process listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) command: u16,
    pub(crate) query: u16,
    pub(crate) health: u16,
}

/// A running `stagedoor serve …`; it is killed when it is forgotten.
pub(crate) struct Running {
    child: Child,
    /// Where it listens.
    pub(crate) ports: Ports,
    /// How long it took to be ready.
    pub(crate) ready_after: Duration,
}

impl Ports {
    fn free() -> io::Result<Self> {
        // All are held until all are chosen, so that they differ.
        let held: Vec<TcpListener> =
            (0..3).map(|_| TcpListener::bind(("127.0.0.1", 0))).collect::<io::Result<_>>()?;
        let port = |index: usize| held[index].local_addr().map(|address| address.port());
        Ok(Self { command: port(0)?, query: port(1)?, health: port(2)? })
    }

    /// The settings that say so.
    pub(crate) fn settings(self) -> [(&'static str, String); 3] {
        let address = |port: u16| format!("127.0.0.1:{port}");
        [
            ("STAGEDOOR_COMMAND_LISTEN", address(self.command)),
            ("STAGEDOOR_QUERY_LISTEN", address(self.query)),
            ("STAGEDOOR_HEALTH_LISTEN", address(self.health)),
        ]
    }
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::CommandApi => "command-api",
            Self::Relay => "relay",
            Self::All => "all",
        }
    }

    fn listens(self, ports: Ports) -> Vec<u16> {
        match self {
            Self::CommandApi => vec![ports.command],
            Self::Relay => vec![ports.health],
            Self::All => vec![ports.command, ports.query, ports.health],
        }
    }
}

impl Running {
    /// Starts a role and waits until it says that it is ready.
    pub(crate) async fn serve(house: &House<'_>, role: Role) -> Fallible<Self> {
        let ports = Ports::free()?;
        let begun = Instant::now();
        let child = command(house, ports)?.args(["serve", role.name()]).spawn()?;
        let mut running = Self { child, ports, ready_after: Duration::ZERO };
        for port in role.listens(ports) {
            timeout(READY_WITHIN, running.ready(port))
                .await
                .map_err(|_| format!("{} is not ready; see {}", role.name(), log(house).display()))??;
        }
        running.ready_after = begun.elapsed();
        Ok(running)
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> Fallible<u32> {
        self.child.id().ok_or_else(|| "the program has ended".into())
    }

    /// Asks it to end, and waits for that.
    pub(crate) async fn stop(mut self) -> Fallible<()> {
        let pid = self.pid()?.to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await?;
        timeout(ENDS_WITHIN, self.child.wait()).await.map_err(|_| "the program does not end")??;
        Ok(())
    }

    async fn ready(&mut self, port: u16) -> Fallible<()> {
        let request = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the program ended with {status}").into());
            }
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await {
                let mut connection = Connection::new(stream);
                if connection.exchange(request).await.is_ok_and(|answer| answer.status == 200) {
                    return Ok(());
                }
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Runs the program to its end.
pub(crate) async fn run(house: &House<'_>, arguments: &[&str]) -> Fallible<()> {
    let status = command(house, Ports::free()?)?.args(arguments).status().await?;
    if status.success() {
        return Ok(());
    }
    Err(failed(house, arguments, status))
}

/// Runs the program, and kills it if it is not done until then. Whether it was.
pub(crate) async fn run_and_kill(house: &House<'_>, arguments: &[&str], life: Duration) -> Fallible<bool> {
    let mut child = command(house, Ports::free()?)?.args(arguments).spawn()?;
    let Ok(ended) = timeout(life, child.wait()).await else {
        child.kill().await?;
        return Ok(false);
    };
    let status = ended?;
    if status.success() { Ok(true) } else { Err(failed(house, arguments, status)) }
}

fn failed(house: &House<'_>, arguments: &[&str], status: ExitStatus) -> Box<dyn Error + Send + Sync> {
    format!("stagedoor {} ended with {status}; see {}", arguments.join(" "), log(house).display()).into()
}

/// What a command that ended had to say, and what it took.
pub(crate) struct Told {
    pub(crate) output: String,
    /// From its start to its end.
    pub(crate) time: Duration,
    /// The most memory it had at once.
    pub(crate) peak_memory_mib: f64,
}

/// Runs the program to its end, with more settings, and looks at it meanwhile.
pub(crate) async fn told(
    house: &House<'_>,
    settings: &[(&'static str, String)],
    arguments: &[&str],
) -> Fallible<Told> {
    let begun = Instant::now();
    let mut command = command(house, Ports::free()?)?;
    command.args(arguments).envs(settings.iter().map(|(name, value)| (name, value))).stdout(Stdio::piped());
    let child = command.spawn()?;
    let watched = tokio::spawn(peak_memory(child.id().ok_or("it has ended")?));
    let ended = child.wait_with_output().await?;
    let time = begun.elapsed();
    if !ended.status.success() {
        return Err(failed(house, arguments, ended.status));
    }
    Ok(Told { output: String::from_utf8(ended.stdout)?, time, peak_memory_mib: watched.await? })
}

/// The most memory that a process ever had, looked at until it is gone.
async fn peak_memory(pid: u32) -> f64 {
    let mut peak = 0.0;
    while let Ok(now) = peak_of(pid) {
        peak = now;
        sleep(LOOK_EVERY).await;
    }
    peak
}

/// It sees of the environment only what a machine has anyway, and its settings.
fn command(house: &House<'_>, ports: Ports) -> Fallible<Command> {
    let log = File::options().create(true).append(true).open(log(house))?;
    let mut command = Command::new(program()?);
    command.env_clear().envs(house.settings(ports)).current_dir(house.directory()).kill_on_drop(true);
    command.envs(["PATH", "HOME", "TMPDIR"].into_iter().filter_map(|name| Some((name, env::var_os(name)?))));
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    Ok(command)
}

fn program() -> Fallible<PathBuf> {
    let program = env::current_exe()?.with_file_name("stagedoor");
    if program.exists() { Ok(program) } else { Err(format!("{} is missing", program.display()).into()) }
}

fn log(house: &House<'_>) -> PathBuf {
    house.directory().join(format!("{}.log", house.name()))
}
