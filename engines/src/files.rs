//! The files beside an engine's data directory: what it must find again, and what tells it from others.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{At, EngineError};
use crate::place;

/// A log that outgrew this is moved aside, so that an engine's logs never take more than twice as much.
const LOG_BYTES: u64 = 16 * 1024 * 1024;

/// `postgres` and, beside it, `postgres.json`, `.pid`, `.lock`, `.log`.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) data: PathBuf,
}

impl Layout {
    /// Makes the parent directory where it is missing (mode by umask); an existing one keeps its permissions.
    pub(crate) fn new(data: &Path) -> Result<Self, EngineError> {
        let data = std::path::absolute(data).at("resolve", data)?;
        let parent = data.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(parent).at("create", parent)?;
        let parent = parent.canonicalize().at("resolve", parent)?;
        Ok(Self { data: parent.join(data.file_name().unwrap_or_default()) })
    }

    pub(crate) fn parent(&self) -> &Path {
        self.data.parent().unwrap_or(Path::new("/"))
    }

    pub(crate) fn beside(&self, extension: &str) -> PathBuf {
        self.data.with_extension(extension)
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.beside("log")
    }

    /// Held until the returned file is dropped, also when this process is killed.
    pub(crate) fn lock(&self) -> Result<File, EngineError> {
        let path = self.beside("lock");
        let file = private().create(true).write(true).truncate(false).open(&path).at("open", &path)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                Err(EngineError::InUse { data_dir: self.data.clone(), lock: path })
            }
            Err(TryLockError::Error(source)) => Err(source).at("lock", path),
        }
    }

    /// What an earlier start has kept, if it can still be read.
    pub(crate) fn load<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&fs::read(self.beside("json")).ok()?).ok()
    }

    /// Keeps ports and passwords for the next start; only the owner may read them.
    pub(crate) fn save<T: Serialize>(&self, state: &T) -> Result<(), EngineError> {
        let path = self.beside("json");
        let bytes = serde_json::to_vec_pretty(state).map_err(std::io::Error::from).at("write", &path)?;
        write_private(&path, &bytes)
    }

    /// The log, for appending: what is written after it was cut goes to its new end.
    pub(crate) fn open_log(&self) -> Result<File, EngineError> {
        self.bound_log()?;
        let path = self.log();
        private().create(true).append(true).open(&path).at("open", path)
    }

    /// Moves a log that has grown too long to `.log.1` by copying, since the engine holds it open.
    pub(crate) fn bound_log(&self) -> Result<(), EngineError> {
        let path = self.log();
        if fs::metadata(&path).is_ok_and(|found| found.len() > LOG_BYTES) {
            fs::copy(&path, self.beside("log.1")).at("copy", &path)?;
            OpenOptions::new().write(true).truncate(true).open(&path).at("cut", &path)?;
        }
        Ok(())
    }

    /// Removes everything: data, the place it links to, and the files beside it.
    pub(crate) fn erase(&self) -> Result<(), EngineError> {
        let _lock = self.lock()?;
        if let Ok(elsewhere) = fs::read_link(&self.data) {
            remove(&elsewhere)?;
            if let Some(home) = elsewhere.parent().filter(|home| home.starts_with(place::ELSEWHERE)) {
                remove(home)?;
            }
            fs::remove_file(&self.data).at("remove", &self.data)?;
        }
        remove(&self.data)?;
        for extension in ["json", "pid", "log", "log.1", "conf"] {
            remove(&self.beside(extension))?;
        }
        remove(&self.beside("lock"))
    }
}

/// Removes a file or a directory with all it holds; absent is fine.
pub(crate) fn remove(path: &Path) -> Result<(), EngineError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).at("remove", path),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Replaces a file in one step; only its owner may read it.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = Path::new(&draft);
    remove(draft)?;
    let mut file = private().create_new(true).write(true).open(draft).at("create", draft)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).at("write", draft)?;
    fs::rename(draft, path).at("replace", path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}
