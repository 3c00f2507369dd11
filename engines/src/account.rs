//! As whom an engine runs. Postgres refuses root; so root starts it as somebody else.

use std::env;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Uid, User, geteuid};

use crate::error::{At, EngineError};

/// Who stands in for root, most suitable first.
const STAND_INS: [&str; 2] = ["postgres", "nobody"];

/// As whom an engine runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// As this process's user.
    Own,
    /// As another user, which only root can arrange. The data directory is made over to it.
    User { name: String, uid: u32, gid: u32 },
    /// As this process's user, who looks like another one to the engine: in a user namespace root keeps its
    /// access to its own files, and Postgres sees no root.
    Namespace { name: String },
}

impl Account {
    /// Whom Postgres may run as, best first; `owner` is who owns the data that exists.
    pub(crate) fn for_postgres(owner: Option<u32>) -> Vec<Self> {
        let user = geteuid();
        match owner {
            // initdb insists on a name for its user.
            _ if !user.is_root() && named(user).is_some() => vec![Self::Own],
            _ if !user.is_root() => Self::namespace().into_iter().collect(),
            Some(0) => Self::namespace().into_iter().collect(),
            Some(uid) => named(Uid::from_raw(uid)).map(Self::from_user).into_iter().collect(),
            None => stand_ins().map(Self::from_user).chain(Self::namespace()).collect(),
        }
    }

    /// The stand-in that root can be sure of: another user, whose data lies where everybody may pass.
    pub(crate) fn stand_in() -> Option<Self> {
        geteuid().is_root().then(|| stand_ins().next().map(Self::from_user)).flatten()
    }

    /// A command that starts in `/`, since the current directory may be closed to the account, and with an
    /// environment in which no `PG…` variable of the user's redirects anything.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = match self {
            Self::Own => Command::new(program),
            Self::User { uid, gid, .. } => {
                let mut command = Command::new(program);
                command.uid(*uid).gid(*gid);
                command
            }
            Self::Namespace { name } => {
                let mut command = Command::new("unshare");
                command.arg("--user").arg(format!("--map-user={name}")).arg("--").arg(program);
                command
            }
        };
        let kept = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];
        let kept = kept.iter().filter_map(|name| Some((name, env::var_os(name)?))).collect::<Vec<_>>();
        command.current_dir("/").env_clear().envs(kept).env("LC_ALL", "C");
        command
    }

    /// Makes one path over to the account; nothing above it changes.
    pub(crate) fn own(&self, path: &Path) -> Result<(), EngineError> {
        match self {
            Self::User { uid, gid, .. } => chown(path, Some(*uid), Some(*gid)).at("make over", path),
            Self::Own | Self::Namespace { .. } => Ok(()),
        }
    }

    /// Whether the account can run a program and enter a directory, found out by doing so.
    pub(crate) fn reaches(&self, program: &Path, directory: &Path) -> bool {
        self.shell(r#"cd -- "$1" && exec "$2" --version"#, &[directory, program])
    }

    /// Whether the account can enter a directory.
    pub(crate) fn enters(&self, directory: &Path) -> bool {
        self.shell(r#"cd -- "$1""#, &[directory])
    }

    fn shell(&self, script: &str, arguments: &[&Path]) -> bool {
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", script, "sh"]).args(arguments);
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    }

    /// For messages: who that is.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Own => "as the current user".to_owned(),
            Self::User { name, .. } => format!("as the user {name}"),
            Self::Namespace { .. } => "in a user namespace".to_owned(),
        }
    }

    fn from_user(user: User) -> Self {
        Self::User { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw() }
    }

    fn namespace() -> Option<Self> {
        stand_ins().next().map(|user| Self::Namespace { name: user.name })
    }
}

fn stand_ins() -> impl Iterator<Item = User> {
    STAND_INS
        .iter()
        .filter_map(|name| User::from_name(name).ok().flatten())
        .filter(|user| !user.uid.is_root())
}

fn named(uid: Uid) -> Option<User> {
    User::from_uid(uid).ok().flatten()
}
