//! Signed checkpoints, as they can be set.
#![expect(clippy::doc_markdown, reason = "these comments are what `--help` prints")]

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use event_store::SharedClock;
use evidence::{IssuerOptions, KeyError, SigningKey, Target, TargetError, TrustedKeys};
use sqlx::postgres::PgConnectOptions;

use crate::failure::Failure;

const KEY: &str = "STAGEDOOR_CHECKPOINT_KEY";
const TO: &str = "STAGEDOOR_CHECKPOINT_TO";
const PUBLIC_KEY: &str = "STAGEDOOR_CHECKPOINT_PUBLIC_KEY";

/// Who signs checkpoints, where they are kept, and who is believed.
#[derive(Clone, Args)]
#[command(next_help_heading = "Settings")]
#[expect(clippy::struct_field_names, reason = "as the flags are named")]
pub(crate) struct CheckpointSettings {
    /// The Ed25519 key that signs checkpoints of the log: a PEM file, as `openssl genpkey -algorithm ed25519` makes it; goes with STAGEDOOR_CHECKPOINT_TO. Without, none are signed
    #[arg(long, global = true, env = "STAGEDOOR_CHECKPOINT_KEY", value_name = "FILE")]
    pub(crate) checkpoint_key: Option<PathBuf>,

    /// Where checkpoints are kept: a directory, s3://bucket/prefix (with AWS_… in the environment), or postgres://… of another server
    #[arg(
        long,
        global = true,
        env = "STAGEDOOR_CHECKPOINT_TO",
        hide_env_values = true,
        value_name = "PLACE"
    )]
    pub(crate) checkpoint_to: Option<String>,

    /// The public keys whose checkpoints are believed: a PEM file, as `openssl pkey -pubout` writes it, oldest first; STAGEDOOR_CHECKPOINT_KEY's own is always believed
    #[arg(long, global = true, env = "STAGEDOOR_CHECKPOINT_PUBLIC_KEY", value_name = "FILE")]
    pub(crate) checkpoint_public_key: Option<PathBuf>,

    /// A checkpoint is signed after so many events
    #[arg(long, global = true, env = "STAGEDOOR_CHECKPOINT_EVENTS", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "EVENTS")]
    pub(crate) checkpoint_events: u32,

    /// A checkpoint is signed after so many minutes, if anything happened
    #[arg(long, global = true, env = "STAGEDOOR_CHECKPOINT_MINUTES", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_440), value_name = "MINUTES")]
    pub(crate) checkpoint_minutes: u32,
}

/// Shows no password.
impl fmt::Debug for CheckpointSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckpointSettings").field("key", &self.checkpoint_key).finish_non_exhaustive()
    }
}

impl CheckpointSettings {
    /// Whether nobody has set anything.
    pub(crate) fn are_unset(&self) -> bool {
        self.key().is_none() && self.to().is_none() && self.public_key().is_none()
    }

    /// What issues checkpoints, if anything does: key and place are both set, or neither is.
    pub(crate) fn issuer(
        &self,
        database: PgConnectOptions,
        clock: SharedClock,
    ) -> Result<Option<IssuerOptions>, Failure> {
        if self.key().is_none() && self.to().is_none() {
            return Ok(None);
        }
        let key = self.signing_key()?.ok_or_else(|| missing(KEY, "what signs checkpoints"))?;
        let target = self.target()?.ok_or_else(|| missing(TO, "where checkpoints are kept"))?;
        Ok(Some(IssuerOptions {
            database,
            trusted: self.trusted()?.unwrap_or_default(),
            key: Arc::new(key),
            target: Arc::new(target),
            every_events: self.checkpoint_events,
            every: Duration::from_mins(u64::from(self.checkpoint_minutes)),
            clock,
        }))
    }

    /// Where checkpoints are kept, if that is set.
    pub(crate) fn target(&self) -> Result<Option<Target>, Failure> {
        self.to().map(Target::named).transpose().map_err(|error: TargetError| wrong(TO, &error))
    }

    /// Who is believed: those who are named, and whose key is here.
    pub(crate) fn trusted(&self) -> Result<Option<TrustedKeys>, Failure> {
        let named = self.public_key().map(|path| TrustedKeys::read(path)).transpose();
        let named = named.map_err(|error| wrong(PUBLIC_KEY, &error))?;
        let Some(key) = self.signing_key()? else { return Ok(named) };
        Ok(Some(named.unwrap_or_default().and(*key.public())))
    }

    /// The same, where nothing can be done without.
    pub(crate) fn must_trust(&self) -> Result<TrustedKeys, Failure> {
        self.trusted()?.ok_or_else(|| missing(PUBLIC_KEY, "the public key that checkpoints are signed with"))
    }

    /// Where checkpoints are kept, where nothing can be done without.
    pub(crate) fn must_have_target(&self) -> Result<Target, Failure> {
        self.target()?.ok_or_else(|| missing(TO, "where checkpoints are kept"))
    }

    fn signing_key(&self) -> Result<Option<SigningKey>, Failure> {
        let read = self.key().map(|path| SigningKey::read(path)).transpose();
        read.map_err(|error: KeyError| wrong(KEY, &error))
    }

    /// What is set to nothing is not set.
    pub(crate) fn key(&self) -> Option<&PathBuf> {
        self.checkpoint_key.as_ref().filter(|path| !path.as_os_str().is_empty())
    }

    pub(crate) fn to(&self) -> Option<&str> {
        self.checkpoint_to.as_deref().filter(|place| !place.is_empty())
    }

    pub(crate) fn public_key(&self) -> Option<&PathBuf> {
        self.checkpoint_public_key.as_ref().filter(|path| !path.as_os_str().is_empty())
    }
}

fn missing(name: &str, what: &str) -> Failure {
    Failure::usage(format!("{name} is not set"), format!("set it to {what}; docs/audit.md tells more"))
}

fn wrong(name: &str, error: &dyn fmt::Display) -> Failure {
    Failure::usage(format!("{name} can't be used: {error}"), "docs/audit.md tells what it must be")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(key: Option<&str>, to: Option<&str>) -> CheckpointSettings {
        CheckpointSettings {
            checkpoint_key: key.map(PathBuf::from),
            checkpoint_to: to.map(str::to_owned),
            checkpoint_public_key: None,
            checkpoint_events: 100,
            checkpoint_minutes: 10,
        }
    }

    fn refusal(settings: &CheckpointSettings) -> String {
        let clock = Arc::new(event_store::SystemClock);
        settings
            .issuer(PgConnectOptions::new(), clock)
            .err()
            .map(|failure| failure.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn a_key_without_a_place_and_a_place_without_a_key_are_refused() {
        assert_eq!(refusal(&settings(None, None)), "");
        assert_eq!(refusal(&settings(Some(""), Some(""))), "");
        assert_eq!(refusal(&settings(None, Some("/somewhere"))), "STAGEDOOR_CHECKPOINT_KEY is not set");
        let unreadable = refusal(&settings(Some("/nowhere/key.pem"), Some("/somewhere")));
        assert!(
            unreadable.starts_with("STAGEDOOR_CHECKPOINT_KEY can't be used: /nowhere/key.pem"),
            "{unreadable}"
        );
        let nothing =
            CheckpointSettings { checkpoint_to: Some("ftp://u:secret@x".into()), ..settings(None, None) };
        let wrong = nothing.target().unwrap_err().to_string();
        assert!(
            wrong.starts_with("STAGEDOOR_CHECKPOINT_TO can't be used") && !wrong.contains("secret"),
            "{wrong}"
        );
    }
}
