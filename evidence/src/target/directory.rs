//! Checkpoints in a directory: a file each, in a directory for each log.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{Kept, MAX_LOGS, TargetError, file_name, sequence_of};
use crate::checkpoint::{MAX_FILE, Signed};

#[derive(Debug, Clone)]
pub(super) struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(super) fn named(name: &str) -> Result<Self, TargetError> {
        let wrong = |error: io::Error| TargetError::Unusable(format!("{name:?} is no directory: {error}"));
        Ok(Self { path: std::path::absolute(name).map_err(wrong)? })
    }

    /// Written beside its place and linked there, so that it is whole or not there, and replaces nothing.
    pub(super) async fn keep(&self, signed: &Signed, overwrite: bool) -> Result<Kept, TargetError> {
        let (text, checkpoint) = (signed.to_json(), &signed.checkpoint);
        let (log, name) = (self.of(checkpoint.log_id), file_name(checkpoint.sequence));
        let parent = self.path.clone();
        self.asked(move || {
            fs::create_dir_all(&log)?;
            let (draft, place) = (log.join(format!(".{}", Uuid::new_v4())), log.join(name));
            let kept = write(&draft, &text).and_then(|()| put(&draft, &place, overwrite));
            fs::remove_file(&draft).or_else(|error| ignore(error, ErrorKind::NotFound))?;
            // Also when it was there before: whoever wrote it may have died before it was safe.
            for directory in [&log, &parent] {
                File::open(directory)?.sync_all()?;
            }
            kept
        })
        .await
    }

    pub(super) async fn read(&self, log_id: Uuid, sequence: i64) -> Result<Option<Vec<u8>>, TargetError> {
        let path = self.of(log_id).join(file_name(sequence));
        self.asked(move || {
            let mut bytes = Vec::new();
            match File::open(path) {
                Ok(file) => file.take(MAX_FILE).read_to_end(&mut bytes).map(|_| Some(bytes)),
                Err(error) => ignore(error, ErrorKind::NotFound).map(|()| None),
            }
        })
        .await
    }

    pub(super) async fn newest(&self, log_id: Uuid) -> Result<i64, TargetError> {
        let path = self.of(log_id);
        self.asked(move || {
            let mut newest = 0;
            for name in names(&path)? {
                newest = newest.max(sequence_of(&name?).unwrap_or(0));
            }
            Ok(newest)
        })
        .await
    }

    pub(super) async fn logs(&self) -> Result<Vec<Uuid>, TargetError> {
        let path = self.path.clone();
        self.asked(move || {
            let logs = names(&path)?.filter_map(|name| name.map(|name| name.parse().ok()).transpose());
            logs.take(MAX_LOGS).collect()
        })
        .await
    }

    fn of(&self, log_id: Uuid) -> PathBuf {
        self.path.join(log_id.to_string())
    }

    async fn asked<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, TargetError> {
        let done = spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
        done.map_err(|error| TargetError::unreachable(&self.path.display(), &error))
    }
}

/// Nobody needs to write to it again.
fn write(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o444).open(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn put(draft: &Path, place: &Path, overwrite: bool) -> io::Result<Kept> {
    if overwrite {
        return fs::rename(draft, place).map(|()| Kept::Written);
    }
    match fs::hard_link(draft, place) {
        Ok(()) => Ok(Kept::Written),
        Err(error) => ignore(error, ErrorKind::AlreadyExists).map(|()| Kept::Taken),
    }
}

/// The names in a directory; none if it is not there.
fn names(path: &Path) -> io::Result<impl Iterator<Item = io::Result<String>> + use<>> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => Some(entries),
        Err(error) => ignore(error, ErrorKind::NotFound).map(|()| None)?,
    };
    Ok(entries.into_iter().flatten().map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())))
}

fn ignore(error: io::Error, expected: ErrorKind) -> io::Result<()> {
    if error.kind() == expected { Ok(()) } else { Err(error) }
}
