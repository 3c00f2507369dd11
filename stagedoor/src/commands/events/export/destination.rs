//! Where an export goes.

use std::{
    fs::{File, TryLockError},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::{
    failure::Failure,
    files::{failed, sync_directory, unusable},
    output,
};

pub(super) enum Destination {
    Stdout,
    File { file: File, path: PathBuf },
}

impl Destination {
    /// A file, made if it is missing. While it is open nobody else exports into it.
    pub(super) fn file(path: &Path) -> Result<Self, Failure> {
        let file = File::options().read(true).append(true).create(true).open(path);
        let file = file.map_err(|error| unusable(path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self::File { file, path: path.to_owned() }),
            Err(TryLockError::WouldBlock) => Err(Failure::usage(
                format!("another export writes to {}", path.display()),
                "wait for it, or name another file",
            )),
            Err(TryLockError::Error(error)) => Err(failed(path, &error)),
        }
    }

    /// What is in the file.
    pub(super) fn read<T: Default>(
        &mut self,
        reading: impl FnOnce(&mut File) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        match self {
            Self::Stdout => Ok(T::default()),
            Self::File { file, .. } => reading(file),
        }
    }

    /// Takes away what a crash left of a line, and that it is complete.
    pub(super) fn cut(&mut self, length: u64) -> Result<(), Failure> {
        match self {
            Self::Stdout => Ok(()),
            Self::File { file, path } => {
                let cut = file.set_len(length).and_then(|()| file.seek(SeekFrom::End(0)));
                cut.map(|_| ()).map_err(|error| failed(path, &error))
            }
        }
    }

    pub(super) fn write(&mut self, lines: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Stdout => output::lines(lines),
            Self::File { file, path } => file.write_all(lines).map_err(|error| failed(path, &error)),
        }
    }

    /// The last line is not on the disk before all others are: it says that they are.
    pub(super) fn end(mut self, last_line: &str) -> Result<(), Failure> {
        self.sync()?;
        self.write(last_line.as_bytes())?;
        self.sync()
    }

    fn sync(&mut self) -> Result<(), Failure> {
        let Self::File { file, path } = self else { return Ok(()) };
        let synced = file.sync_all().and_then(|()| sync_directory(path));
        synced.map_err(|error| failed(path, &error))
    }
}
