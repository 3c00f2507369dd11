//! NATS dies, and what it stored is gone, old or damaged when it comes back.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use tokio::time::sleep;

use super::{Came, happened};
use crate::{campaign::office::Office, support::Role};

/// How long a relay may take to see that a stream is not the log's.
const DOUBTS_WITHIN: Duration = Duration::from_secs(12);
const FILLED_WITHIN: Duration = Duration::from_secs(8);

async fn up(office: &Office) {
    if let Err(error) = office.engines.nats.restart().await {
        panic!("NATS did not start again: {error}");
    }
}

pub(super) async fn kill(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    office.engines.nats.kill9().unwrap();
    sleep(Duration::from_millis(rng.random_range(0..2_000))).await;
    up(office).await;
    happened()
}

pub(super) async fn wipe(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    filled(office).await;
    office.engines.nats.kill9().unwrap();
    empty(office.engines.nats.data_dir());
    sleep(Duration::from_millis(rng.random_range(0..1_000))).await;
    up(office).await;
    happened()
}

/// What is below a directory, but not the directory: it may be a file system of its own.
fn empty(directory: &Path) {
    for entry in fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.unwrap();
    }
}

/// The copy was made while the server ran, as a careless backup would: just now, or the last time.
pub(super) async fn roll_back(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    let store = office.engines.nats.data_dir();
    let copy = office.world.directory.path().join("old-store");
    let old = copy.exists() && rng.random_range(0..2) == 0;
    if !old {
        let _ = fs::remove_dir_all(&copy);
        copy_all(store, &copy);
        sleep(Duration::from_millis(rng.random_range(500..3_000))).await;
    }
    office.engines.nats.kill9().unwrap();
    empty(store);
    copy_all(&copy, store);
    up(office).await;
    mended(office).await
}

fn copy_all(from: &Path, to: &Path) {
    // A file that vanishes meanwhile is not worth a word.
    let _ = Command::new("cp").arg("-R").arg(from.join(".")).arg(to).output();
    assert!(to.is_dir(), "{} was not copied", from.display());
}

pub(super) async fn flip(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    filled(office).await;
    office.engines.nats.kill9().unwrap();
    let file = some_file(office.engines.nats.data_dir(), rng);
    let flipped = file.as_ref().map(|file| flip_in(file, rng));
    up(office).await;
    told(office, file, flipped).await
}

fn flip_in(path: &Path, rng: &mut StdRng) -> std::io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    for _ in 0..rng.random_range(1..=16) {
        let place = rng.random_range(0..file.metadata()?.len().max(1));
        let mut byte = [0];
        file.read_exact_at(&mut byte, place)?;
        byte[0] ^= 1 << rng.random_range(0..8);
        file.write_all_at(&byte, place)?;
    }
    Ok(())
}

pub(super) async fn truncate(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    filled(office).await;
    office.engines.nats.kill9().unwrap();
    let file = some_file(office.engines.nats.data_dir(), rng);
    let cut = file.as_ref().map(|path| {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(rng.random_range(0..file.metadata()?.len().max(1)))
    });
    up(office).await;
    told(office, file, cut).await
}

async fn told(office: &Office, file: Option<PathBuf>, done: Option<std::io::Result<()>>) -> Came {
    let name = file.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    match (name, done) {
        (Some(name), Some(Ok(()))) => match mended(office).await {
            Came::Happened(mended) => Came::Happened(format!("{name} {mended}")),
            missed @ Came::Missed(_) => missed,
        },
        (_, done) => Came::Missed(format!("{done:?}")),
    }
}

/// Waits a little until there are messages to lose.
async fn filled(office: &Office) {
    let begun = Instant::now();
    while blocks(&all_files(office.engines.nats.data_dir())).is_empty() && begun.elapsed() < FILLED_WITHIN {
        sleep(Duration::from_millis(100)).await;
    }
}

/// Mostly a block of messages, sometimes what describes them.
fn some_file(store: &Path, rng: &mut StdRng) -> Option<PathBuf> {
    let files = all_files(store);
    let blocks = blocks(&files);
    let among = if blocks.is_empty() || rng.random_range(0..3) == 0 { &files } else { &blocks };
    among.choose(rng).cloned()
}

/// In the same order for the same seed.
fn all_files(store: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(store, &mut files);
    files.retain(|file| fs::metadata(file).is_ok_and(|found| found.len() > 0));
    files.sort();
    files
}

fn blocks(files: &[PathBuf]) -> Vec<PathBuf> {
    files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "blk")).cloned().collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

/// Does what the documentation tells operators to do when the relay refuses a stream.
pub(super) async fn mended(office: &Office) -> Came {
    let begun = Instant::now();
    loop {
        let status = office.world.run(&["relay", "status", "--json"]).await;
        let says: serde_json::Value = serde_json::from_str(&status.out).unwrap_or_default();
        let refused = status.code == Some(1) || office.has_an_unready(Role::Relay).await;
        if !refused && says["verdict"] == "same" {
            return happened();
        }
        if refused && office.world.run(&["relay", "reset", "--yes"]).await.code == Some(0) {
            return Came::Happened(format!("refused and reset: {}", status.err.trim()));
        }
        if begun.elapsed() > DOUBTS_WITHIN {
            return Came::Happened(format!("verdict after {DOUBTS_WITHIN:?}: {}", status.out.trim()));
        }
        sleep(Duration::from_millis(500)).await;
    }
}
