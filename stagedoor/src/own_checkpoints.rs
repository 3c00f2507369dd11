//! What `up` makes up so that its log is evidence, too: a key, and a directory for checkpoints. Both lie beside the
//! data, so they prove something to those alone who keep a copy elsewhere.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use evidence::SigningKey;

use crate::{failure::Failure, settings::Settings};

const KEY: &str = "checkpoint-key.pem";
const PUBLIC_KEY: &str = "checkpoint-public-key.pem";
const CHECKPOINTS: &str = "checkpoints";

/// Forgets what an earlier `up` made up. A shell that has read its file of addresses still names it.
pub(crate) fn forget_own(settings: &mut Settings, data_dir: &Path) {
    let checkpoints = &mut settings.checkpoints;
    checkpoints.checkpoint_key.take_if(|path| *path == data_dir.join(KEY));
    checkpoints.checkpoint_public_key.take_if(|path| *path == data_dir.join(PUBLIC_KEY));
    checkpoints.checkpoint_to.take_if(|place| Path::new(place) == data_dir.join(CHECKPOINTS));
}

/// Completes the settings, unless somebody else has; `true` if it did.
pub(crate) fn set_up(settings: &mut Settings, data_dir: &Path, reset: bool) -> Result<bool, Failure> {
    if !settings.checkpoints.are_unset() {
        return Ok(false);
    }
    let [key, public_key, checkpoints] = [KEY, PUBLIC_KEY, CHECKPOINTS].map(|name| data_dir.join(name));
    if reset {
        ignore_missing(&checkpoints, fs::remove_dir_all(&checkpoints))?;
        for file in [&key, &public_key] {
            ignore_missing(file, fs::remove_file(file))?;
        }
    }
    if !key.exists() {
        write(&key, &SigningKey::generate().map_err(Failure::other)?)?;
    }
    let public = SigningKey::read(&key).map_err(|error| wrong(&key, &error))?.public().to_pem();
    write(&public_key, &public)?;
    let settings = &mut settings.checkpoints;
    settings.checkpoint_to = Some(checkpoints.display().to_string());
    (settings.checkpoint_key, settings.checkpoint_public_key) = (Some(key), Some(public_key));
    Ok(true)
}

/// Readable by nobody else, and whole or not there.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let draft: PathBuf = path.with_extension("new");
    ignore_missing(&draft, fs::remove_file(&draft))?;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.and_then(|()| fs::rename(&draft, path)).map_err(|error| wrong(path, &error))
}

fn ignore_missing(path: &Path, done: std::io::Result<()>) -> Result<(), Failure> {
    match done {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(wrong(path, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::other(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use clap::{Args, Command, FromArgMatches};

    use super::*;

    fn settings(arguments: &[&str]) -> Settings {
        let command = Settings::augment_args(Command::new("stagedoor"));
        let matches = command.get_matches_from([&["stagedoor"], arguments].concat());
        Settings::from_arg_matches(&matches).unwrap()
    }

    /// Of this test alone.
    fn directory(name: &str) -> PathBuf {
        let directory =
            std::env::temp_dir().join(format!("stagedoor-checkpoints-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        directory
    }

    #[test]
    fn the_key_is_found_again_and_a_shell_that_names_it_names_nothing_else() {
        let directory = directory("kept");
        let mut first = settings(&[]);
        assert!(set_up(&mut first, &directory, false).unwrap());
        let key = first.checkpoints.key().unwrap().clone();
        let text = fs::read_to_string(&key).unwrap();
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(first.checkpoints.must_trust().is_ok() && first.checkpoints.must_have_target().is_ok());

        let mut second = settings(&[
            "--checkpoint-key",
            key.to_str().unwrap(),
            "--checkpoint-to",
            first.checkpoints.to().unwrap(),
            "--checkpoint-public-key",
            first.checkpoints.public_key().unwrap().to_str().unwrap(),
        ]);
        forget_own(&mut second, &directory);
        assert!(set_up(&mut second, &directory, false).unwrap());
        assert_eq!(fs::read_to_string(&key).unwrap(), text);

        assert!(set_up(&mut settings(&[]), &directory, true).unwrap());
        assert_ne!(fs::read_to_string(&key).unwrap(), text);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn what_somebody_set_is_left_alone() {
        let directory = directory("given");
        let mut given = settings(&["--checkpoint-to", "s3://bucket", "--checkpoint-key", "/their/key.pem"]);
        forget_own(&mut given, &directory);
        assert!(!set_up(&mut given, &directory, true).unwrap());
        assert_eq!(given.checkpoints.to(), Some("s3://bucket"));
        assert!(fs::read_dir(&directory).unwrap().next().is_none());
        fs::remove_dir_all(directory).unwrap();
    }
}
