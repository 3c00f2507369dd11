//! One process of the box office, and somebody who starts it again whenever it has ended.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::time::sleep;

use crate::support::{Ports, Process, Role, command, program};

const LOOK_EVERY: Duration = Duration::from_millis(50);
/// As long as whatever supervises programs in production takes.
const STARTED_AGAIN_AFTER: Duration = Duration::from_millis(300);

pub(crate) struct Instance {
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) ports: Ports,
    /// Holds by how many milliseconds its clock is wrong.
    pub(crate) clock: PathBuf,
    /// Held by whoever does something to it: one fault at a time.
    pub(crate) turn: tokio::sync::Mutex<()>,
    settings: Vec<(&'static str, String)>,
    directory: PathBuf,
    process: Mutex<Process>,
    /// Why it ended when nobody had ended it.
    ends: Mutex<Vec<String>>,
}

impl Instance {
    pub(crate) fn start(
        role: Role,
        number: usize,
        mut settings: Vec<(&'static str, String)>,
        directory: &Path,
    ) -> Arc<Self> {
        let name = format!("{}-{number}", role.name());
        let (ports, clock) = (Ports::free(), directory.join(format!("{name}.clock")));
        settings.extend(ports.settings());
        settings.push((faultpoint::CLOCK, clock.display().to_string()));
        let process = Mutex::new(spawn(role, &name, &settings, directory));
        let instance = Arc::new(Self {
            role,
            name,
            ports,
            clock,
            turn: tokio::sync::Mutex::default(),
            settings,
            directory: directory.to_owned(),
            process,
            ends: Mutex::default(),
        });
        tokio::spawn(Self::keep(Arc::downgrade(&instance)));
        instance
    }

    async fn keep(this: std::sync::Weak<Self>) {
        while let Some(instance) = this.upgrade() {
            let ended = instance.process.lock().unwrap().status();
            if let Some(status) = ended {
                instance.ends.lock().unwrap().push(status.to_string());
                drop(instance);
                sleep(STARTED_AGAIN_AFTER).await;
                let Some(instance) = this.upgrade() else { return };
                let next = spawn(instance.role, &instance.name, &instance.settings, &instance.directory);
                *instance.process.lock().unwrap() = next;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        self.process.lock().unwrap().pid()
    }

    /// To the process that runs now; one that has just ended does not mind.
    pub(crate) fn signal(&self, signal: Signal) {
        let mut process = self.process.lock().unwrap();
        if process.is_running() {
            let _ = kill(process.pid(), signal);
        }
    }

    /// Where it serves what everybody may ask: health, and whether it is ready.
    pub(crate) fn address(&self) -> String {
        let port = match self.role {
            Role::CommandApi => self.ports.command,
            Role::QueryApi => self.ports.query,
            Role::ProviderSim => self.ports.provider_sim,
            Role::Relay | Role::Projections | Role::Processes | Role::All => self.ports.health,
        };
        format!("http://127.0.0.1:{port}")
    }

    /// How its processes ended so far.
    pub(crate) fn ends(&self) -> Vec<String> {
        self.ends.lock().unwrap().clone()
    }

    pub(crate) fn skew(&self, milliseconds: i64) {
        fs::write(&self.clock, milliseconds.to_string()).unwrap();
    }
}

fn spawn(role: Role, name: &str, settings: &[(&'static str, String)], directory: &Path) -> Process {
    let mut command = command(&program(), settings, directory);
    command.args(["serve", role.name()]);
    Process::start(command, directory.join(format!("{name}.log")))
}
