//! Making a data directory.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tempfile::TempDir;
use tokio::process::Command;

use crate::account::Account;
use crate::error::{At, EngineError};
use crate::files;
use crate::place::Place;

use super::PostgresOptions;

pub(super) const SUPERUSER: &str = "postgres";

/// A socket's path may be 107 bytes long (103 on macOS), of which Postgres needs about 30.
const LONGEST_BASE: usize = 64;

/// A short path that nobody but the account may enter: for sockets, and once for the password.
pub(super) fn private_directory(account: &Account) -> Result<TempDir, EngineError> {
    let usual = std::env::temp_dir();
    let will_do = usual.as_os_str().len() <= LONGEST_BASE && account.enters(&usual);
    let base = if will_do { usual } else { PathBuf::from("/tmp") };
    let dir = tempfile::Builder::new()
        .prefix("stagedoor-")
        .permissions(Permissions::from_mode(0o700))
        .tempdir_in(&base)
        .at("create a directory in", &base)?;
    account.own(dir.path())?;
    Ok(dir)
}

/// Leaves data that exists alone, once it is known to be of this version.
pub(super) async fn make_unless_there(
    place: &Place,
    options: &PostgresOptions,
    password: &str,
    private: &Path,
) -> Result<(), EngineError> {
    match fs::read_to_string(place.data.join("PG_VERSION")) {
        Ok(found) => same_version(found.trim(), place, options.binaries.major),
        Err(_) => make(place, options, password, private).await,
    }
}

fn same_version(found: &str, place: &Place, wanted: u32) -> Result<(), EngineError> {
    if found == wanted.to_string() {
        return Ok(());
    }
    let (data_dir, bin) = (place.data.clone(), place.bin.clone());
    Err(EngineError::DataVersion { data_dir, found: found.to_owned(), bin, wanted })
}

/// Made under another name, so that what a crash leaves half-made is never taken for data.
async fn make(
    place: &Place,
    options: &PostgresOptions,
    password: &str,
    private: &Path,
) -> Result<(), EngineError> {
    let draft = place.data.with_extension("initdb");
    files::remove(&draft)?;
    fs::create_dir(&draft).at("create", &draft)?;
    fs::set_permissions(&draft, Permissions::from_mode(0o700)).at("protect", &draft)?;
    place.account.own(&draft)?;
    let password_file = private.join("password");
    files::write_private(&password_file, password.as_bytes())?;
    place.account.own(&password_file)?;
    let made = initdb(place, options, &draft, &password_file).await;
    files::remove(&password_file)?;
    made?;
    fs::rename(&draft, &place.data).at("create", &place.data)
}

async fn initdb(
    place: &Place,
    options: &PostgresOptions,
    draft: &Path,
    password_file: &Path,
) -> Result<(), EngineError> {
    let program = place.bin.join("initdb");
    let mut command = Command::from(place.account.command(&program));
    command.arg("-D").arg(draft).arg("--pwfile").arg(password_file);
    command.args(["--username", SUPERUSER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]);
    command.arg("--no-instructions").args(options.throwaway.then_some("--no-sync"));
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await.at("run", &program)?;
    if output.status.success() { Ok(()) } else { Err(failure(program, &output)) }
}

fn failure(program: PathBuf, output: &Output) -> EngineError {
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    EngineError::Helper { program, status: output.status.to_string(), output: said }
}
