//! Where Postgres' data lies and as whom it runs there.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::geteuid;
use rand::RngExt;

use crate::account::Account;
use crate::error::{At, EngineError};
use crate::files::Layout;
use crate::find::PostgresBinaries;

/// Where data goes that root must keep where others can pass.
pub(crate) const ELSEWHERE: &str = "/var/lib/stagedoor";

/// An account that reaches both the binaries and the data.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) account: Account,
    pub(crate) bin: PathBuf,
    /// Without links: what the running process is recognised by.
    pub(crate) data: PathBuf,
}

/// Finds an account for existing data by its owner, and for new data the first that gets through.
pub(crate) fn find(layout: &Layout, binaries: &PostgresBinaries) -> Result<Place, EngineError> {
    let data = layout.data.canonicalize().unwrap_or_else(|_| layout.data.clone());
    let owner = fs::metadata(data.join("PG_VERSION")).ok().map(|found| found.uid());
    let bin = binaries.dir.canonicalize().at("resolve", &binaries.dir)?;
    let target = if owner.is_some() { data.as_path() } else { layout.parent() };
    let accounts = Account::for_postgres(owner);
    for bin in [Some(bin.clone()), bin_elsewhere(&data, binaries)].into_iter().flatten() {
        let postgres = bin.join("postgres");
        if let Some(account) = accounts.iter().find(|account| account.reaches(&postgres, target)) {
            return Ok(Place { account: account.clone(), bin, data });
        }
    }
    if geteuid().is_root() && owner.is_none() {
        return elsewhere(layout, binaries, bin);
    }
    Err(EngineError::NoAccount { tried: tried(&accounts, target) })
}

/// The last resort of root: data where everybody may pass, linked from where it was asked for.
fn elsewhere(layout: &Layout, binaries: &PostgresBinaries, bin: PathBuf) -> Result<Place, EngineError> {
    let none = || EngineError::NoAccount { tried: "there is no user postgres or nobody".to_owned() };
    let account = Account::stand_in().ok_or_else(none)?;
    let id: u64 = rand::rng().random();
    let home = Path::new(ELSEWHERE).join(format!("{id:016x}"));
    fs::create_dir_all(&home).at("create", &home)?;
    for own in [Path::new(ELSEWHERE), &home] {
        fs::set_permissions(own, Permissions::from_mode(0o755)).at("open", own)?;
    }
    let data = home.join("postgres");
    let bin = if account.reaches(&bin.join("postgres"), &home) { bin } else { copy(binaries, &home)? };
    if !account.reaches(&bin.join("postgres"), &home) {
        fs::remove_dir_all(&home).at("remove", &home)?;
        return Err(EngineError::NoAccount { tried: tried(&[account], &bin) });
    }
    symlink(&data, &layout.data).at("link", &layout.data)?;
    Ok(Place { account, bin, data })
}

/// The copy that `elsewhere` made beside the data.
fn bin_elsewhere(data: &Path, binaries: &PostgresBinaries) -> Option<PathBuf> {
    let inside = binaries.dir.strip_prefix(binaries.bundle.as_ref()?).ok()?;
    let bin = data.parent()?.join("bin").join(inside);
    (data.starts_with(ELSEWHERE) && bin.is_dir()).then_some(bin)
}

/// Only what `bootstrap` fetched is copied: it is known to be whole and to run from anywhere.
fn copy(binaries: &PostgresBinaries, home: &Path) -> Result<PathBuf, EngineError> {
    let closed =
        || EngineError::NoAccount { tried: format!("{} is closed to other users", binaries.dir.display()) };
    let bundle = binaries.bundle.as_ref().ok_or_else(closed)?;
    let inside = binaries.dir.strip_prefix(bundle).map_err(|_| closed())?;
    let target = home.join("bin");
    let copied = Command::new("cp").arg("-R").arg(bundle).arg(&target).status().at("copy", bundle)?;
    // The copy is ours, and holds nothing but programs.
    let opened = Command::new("chmod").args(["-R", "a+rX"]).arg(&target).status().at("open", &target)?;
    if copied.success() && opened.success() { Ok(target.join(inside)) } else { Err(closed()) }
}

fn tried(accounts: &[Account], target: &Path) -> String {
    let who: Vec<_> = accounts.iter().map(Account::describe).collect();
    format!("{} is out of reach {}", target.display(), who.join(" and "))
}
