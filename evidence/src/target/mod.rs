//! Where checkpoints are kept: outside the log's database, each under its log and number, never overwritten.

mod bucket;
mod database;
mod directory;

use std::fmt::Display;

use faultpoint::{Sabotage, sabotaged};
use uuid::Uuid;

pub use self::database::SCHEMA;
use self::{bucket::Bucket, database::Database, directory::Directory};
use crate::checkpoint::Signed;

/// More logs than this are not listed.
const MAX_LOGS: usize = 20;

/// Why checkpoints can't be kept, or read. Shows no password.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// It is not a place.
    #[error("{0}")]
    Unusable(String),
    /// The place is not to be had at the moment, or refuses.
    #[error("{place}: {why}")]
    Unreachable {
        /// Where.
        place: String,
        /// Why.
        why: String,
    },
}

impl TargetError {
    fn unreachable(place: &dyn Display, why: &dyn Display) -> Self {
        Self::Unreachable { place: place.to_string(), why: why.to_string() }
    }
}

/// What came of keeping a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is there, and stays there when the machine loses its power.
    Written,
    /// Another one was there before, or this one.
    Taken,
}

/// A place where checkpoints are kept.
#[derive(Debug)]
pub struct Target(Place);

#[derive(Debug)]
enum Place {
    Directory(Directory),
    Bucket(Bucket),
    Database(Box<Database>),
}

impl Target {
    /// The place of that name: `s3://bucket/prefix`, `postgres://…`, or a directory. Nothing is asked yet.
    ///
    /// # Errors
    /// The name, or what the environment says about the bucket, is wrong.
    pub fn named(name: &str) -> Result<Self, TargetError> {
        Self::named_in(
            name,
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// The same, where the environment is another one.
    ///
    /// # Errors
    /// The name, or what the environment says about the bucket, is wrong.
    pub fn named_in(
        name: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, TargetError> {
        let place = if name.starts_with("s3://") {
            Place::Bucket(Bucket::named(name, environment)?)
        } else if name.starts_with("postgres://") || name.starts_with("postgresql://") {
            Place::Database(Box::new(Database::named(name)?))
        } else if name.contains("://") {
            let wrong = "a directory, s3://bucket/prefix or postgres://… is wanted";
            return Err(TargetError::Unusable(wrong.to_owned()));
        } else {
            Place::Directory(Directory::named(name)?)
        };
        Ok(Self(place))
    }

    /// Keeps a checkpoint durably; one that is there already is left as it is.
    ///
    /// # Errors
    /// The place is not to be had; whether it was kept is then unknown.
    pub async fn keep(&self, signed: &Signed) -> Result<Kept, TargetError> {
        let overwrite = sabotaged(Sabotage::CheckpointsAreOverwritten);
        match &self.0 {
            Place::Directory(directory) => directory.keep(signed, overwrite).await,
            Place::Bucket(bucket) => bucket.keep(signed, overwrite).await,
            Place::Database(database) => database.keep(signed).await,
        }
    }

    /// What is kept under a number, whatever it is.
    ///
    /// # Errors
    /// The place is not to be had.
    pub async fn read(&self, log_id: Uuid, sequence: i64) -> Result<Option<Vec<u8>>, TargetError> {
        match &self.0 {
            Place::Directory(directory) => directory.read(log_id, sequence).await,
            Place::Bucket(bucket) => bucket.read(log_id, sequence).await,
            Place::Database(database) => database.read(log_id, sequence).await,
        }
    }

    /// The highest number that is kept of a log; 0 for none. Where it costs something to list them, what comes before the
    /// `known` one is left out.
    ///
    /// # Errors
    /// The place is not to be had.
    pub async fn newest(&self, log_id: Uuid, known: i64) -> Result<i64, TargetError> {
        match &self.0 {
            Place::Directory(directory) => directory.newest(log_id).await,
            Place::Bucket(bucket) => bucket.newest(log_id, known).await,
            Place::Database(database) => database.newest(log_id).await,
        }
    }

    /// Some of the logs that checkpoints are kept of.
    ///
    /// # Errors
    /// The place is not to be had.
    pub async fn logs(&self) -> Result<Vec<Uuid>, TargetError> {
        match &self.0 {
            Place::Directory(directory) => directory.logs().await,
            Place::Bucket(bucket) => bucket.logs().await,
            Place::Database(database) => database.logs().await,
        }
    }

    /// What keeps evidence from being any at this place, where it can be seen: the log's own server.
    ///
    /// # Errors
    /// The place is not to be had.
    pub async fn objection(
        &self,
        log: &sqlx::postgres::PgConnectOptions,
    ) -> Result<Option<String>, TargetError> {
        match &self.0 {
            Place::Database(database) => database.objection(log).await,
            Place::Directory(_) | Place::Bucket(_) => Ok(None),
        }
    }
}

/// So that names sort as numbers do.
fn file_name(sequence: i64) -> String {
    format!("{sequence:020}.json")
}

fn sequence_of(file_name: &str) -> Option<i64> {
    let digits = file_name.strip_suffix(".json")?;
    (digits.len() == 20).then(|| digits.parse().ok()).flatten().filter(|sequence| *sequence > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_numbers_do_and_are_read_back() {
        let names: Vec<String> = [1, 9, 10, i64::MAX].into_iter().map(file_name).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert_eq!(
            names.iter().filter_map(|name| sequence_of(name)).collect::<Vec<_>>(),
            [1, 9, 10, i64::MAX]
        );
        for other in [
            "1.json",
            "00000000000000000001.json.new",
            "00000000000000000000.json",
            "-0000000000000000001.json",
        ] {
            assert_eq!(sequence_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_place_is_known_by_its_name_and_no_password_is_shown() {
        for sound in ["checkpoints", "/var/lib/checkpoints", "postgres://u:secret@host/db"] {
            assert!(Target::named(sound).is_ok(), "{sound}");
        }
        for wrong in ["", "ftp://u:secret@host", "s3://", "postgres://u:secret@host:99999/db"] {
            let error = Target::named(wrong).unwrap_err();
            assert!(matches!(error, TargetError::Unusable(_)), "{wrong}: {error}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        let shown = format!("{:?}", Target::named("postgres://u:secret@host/db"));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
