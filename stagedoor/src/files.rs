//! Files that were named on the command line.

use std::{fs::File, io, path::Path};

use crate::failure::Failure;

/// A new file's name is on the disk when its directory is.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

/// It can't be written there.
pub(crate) fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage(format!("{} can't be written: {error}", path.display()), "name another file")
}

/// It could be written, until now.
pub(crate) fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::other(format!("{}: {error}", path.display()))
}
