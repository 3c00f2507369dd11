//! The books on disk: a line of JSON for all that was decided at once, only ever appended to.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Books, Entry};

/// Lines that are written and synced together.
const TOGETHER: usize = 1_024;

/// Books that can't be kept.
#[derive(Debug, thiserror::Error)]
pub enum BooksError {
    /// The file can't be used, or another provider keeps its books in it.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not one of the books'.
    #[error("{}, line {line}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// Settles when what was entered is on disk; an error if it never will be.
pub(crate) type Written = oneshot::Receiver<()>;

/// Where entries are handed in.
#[derive(Debug, Clone)]
pub(crate) struct Scribe(mpsc::UnboundedSender<Batch>);

#[derive(Debug)]
struct Batch {
    line: Vec<u8>,
    written: oneshot::Sender<()>,
}

/// Whoever writes; runs until the last scribe has gone.
pub(crate) struct Writing {
    file: File,
    path: PathBuf,
    batches: mpsc::UnboundedReceiver<Batch>,
}

/// Reads the books, and opens them for more. What a crash left of a last line was promised to nobody, and is cut off.
pub(crate) fn open(path: &Path) -> Result<(Books, Scribe, Writing), BooksError> {
    let wrong = |source| BooksError::Io { path: path.to_owned(), source };
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(wrong)?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => wrong(io::Error::other("another provider keeps its books in it")),
        TryLockError::Error(source) => wrong(source),
    })?;
    let text = fs::read(path).map_err(wrong)?;
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let (whole, torn) = text.split_at(whole);
    if !torn.is_empty() {
        file.set_len(whole.len() as u64).map_err(wrong)?;
    }
    let mut books = Books::default();
    for (index, line) in whole.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
        let entries: Result<Vec<Entry>, _> = serde_json::from_slice(line);
        let unreadable = |source| BooksError::Unreadable { path: path.to_owned(), line: index + 1, source };
        for entry in entries.map_err(unreadable)? {
            books.enter(entry);
        }
    }
    let (sender, batches) = mpsc::unbounded_channel();
    Ok((books, Scribe(sender), Writing { file, path: path.to_owned(), batches }))
}

impl Scribe {
    /// Hands in what was decided at once: on one line, so that a crash leaves all of it or nothing. Where nothing was,
    /// what is settled is that everything before is on disk.
    pub(crate) fn enter(&self, entries: &[Entry]) -> Written {
        let (written, settled) = oneshot::channel();
        let line = if entries.is_empty() { Ok(vec![]) } else { serde_json::to_vec(entries) };
        // Entries hold nothing that JSON has no words for; if one did, nobody would be told that it was written.
        if let Ok(mut line) = line {
            line.extend((!line.is_empty()).then_some(b'\n'));
            let _ = self.0.send(Batch { line, written });
        }
        settled
    }
}

impl Writing {
    /// Writes what is handed in. Books that can't be written end the provider: it must not go on taking money.
    pub(crate) async fn run(mut self, end: CancellationToken) -> Result<(), BooksError> {
        let mut batches = Vec::new();
        while self.batches.recv_many(&mut batches, TOGETHER).await > 0 {
            let (lines, written): (Vec<_>, Vec<_>) =
                batches.drain(..).map(|batch| (batch.line, batch.written)).unzip();
            if let Err(source) = append(&self.file, lines.concat()).await {
                end.cancel();
                return Err(BooksError::Io { path: self.path, source });
            }
            for settled in written {
                let _ = settled.send(());
            }
        }
        Ok(())
    }
}

async fn append(file: &File, lines: Vec<u8>) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut file = file.try_clone()?;
    let written = tokio::task::spawn_blocking(move || {
        file.write_all(&lines)?;
        file.sync_data()
    });
    written.await.map_err(io::Error::other)?
}
