//! Keys as an administrator makes them, and a place for checkpoints.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What signs checkpoints, where they are kept, and who is believed.
pub(crate) struct Signing {
    directory: PathBuf,
}

impl Signing {
    /// In a directory of somebody's own.
    pub(crate) fn within(directory: &Path) -> Self {
        let signing = Self { directory: directory.to_owned() };
        let (key, public) = (signing.key(), signing.public_key());
        openssl(&["genpkey", "-algorithm", "ed25519", "-out", key.to_str().unwrap()]);
        openssl(&["pkey", "-in", key.to_str().unwrap(), "-pubout", "-out", public.to_str().unwrap()]);
        signing
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.directory.join("checkpoint-key.pem")
    }

    pub(crate) fn public_key(&self) -> PathBuf {
        self.directory.join("checkpoint-public-key.pem")
    }

    pub(crate) fn place(&self) -> PathBuf {
        self.directory.join("checkpoints")
    }

    /// What the program is told. A checkpoint is due after so many events.
    pub(crate) fn settings(&self, every_events: u32) -> Vec<(&'static str, String)> {
        let mut settings = self.auditor();
        settings.push(("STAGEDOOR_CHECKPOINT_KEY", self.key().display().to_string()));
        settings.push(("STAGEDOOR_CHECKPOINT_EVENTS", every_events.to_string()));
        settings
    }

    /// What somebody is told who only verifies.
    pub(crate) fn auditor(&self) -> Vec<(&'static str, String)> {
        vec![
            ("STAGEDOOR_CHECKPOINT_TO", self.place().display().to_string()),
            ("STAGEDOOR_CHECKPOINT_PUBLIC_KEY", self.public_key().display().to_string()),
        ]
    }
}

fn openssl(arguments: &[&str]) {
    let ended = Command::new("openssl").args(arguments).output().expect("openssl is installed");
    assert!(ended.status.success(), "{ended:?}");
}
