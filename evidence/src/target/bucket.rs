//! Checkpoints in an S3 bucket: an object each, put on the condition that none of that name is there.

use std::time::Duration;

use futures::TryStreamExt;
use object_store::{
    BackoffConfig, ClientConfigKey, Error, ObjectStore, ObjectStoreExt, PutMode, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
    path::Path,
};
use uuid::Uuid;

use super::{Kept, MAX_LOGS, TargetError, file_name, sequence_of};
use crate::checkpoint::{MAX_FILE, Signed};

const ANSWER_WITHIN: &str = "10 seconds";
const RETRY_WITHIN: Duration = Duration::from_secs(20);
const RETRIES: usize = 4;

#[derive(Debug)]
pub(super) struct Bucket {
    name: String,
    prefix: Path,
    store: AmazonS3,
}

impl Bucket {
    /// Credentials, region and endpoint come from the environment, as `AWS_…`.
    pub(super) fn named(
        url: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, TargetError> {
        let wrong =
            |why: &dyn std::fmt::Display| TargetError::Unusable(format!("the bucket can't be used: {why}"));
        let place = url.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err(wrong(&"s3://bucket/prefix is wanted"));
        }
        let retries = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES,
            retry_timeout: RETRY_WITHIN,
        };
        let timeout = AmazonS3ConfigKey::Client(ClientConfigKey::Timeout);
        let builder = AmazonS3Builder::new().with_config(timeout, ANSWER_WITHIN).with_retry(retries);
        let store = environment
            .into_iter()
            .fold(builder, set)
            .with_bucket_name(bucket)
            .build()
            .map_err(|error| wrong(&error))?;
        let prefix = Path::parse(prefix.trim_matches('/')).map_err(|error| wrong(&error))?;
        Ok(Self { name: format!("s3://{place}"), prefix, store })
    }

    pub(super) async fn keep(&self, signed: &Signed, overwrite: bool) -> Result<Kept, TargetError> {
        let checkpoint = &signed.checkpoint;
        let place = self.of(checkpoint.log_id).join(file_name(checkpoint.sequence));
        let mode = if overwrite { PutMode::Overwrite } else { PutMode::Create };
        match self.store.put_opts(&place, signed.to_json().into(), mode.into()).await {
            Ok(_) => Ok(Kept::Written),
            Err(Error::AlreadyExists { .. }) => Ok(Kept::Taken),
            Err(error) => Err(self.unreachable(&error)),
        }
    }

    pub(super) async fn read(&self, log_id: Uuid, sequence: i64) -> Result<Option<Vec<u8>>, TargetError> {
        let place = self.of(log_id).join(file_name(sequence));
        let found = match self.store.get(&place).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.unreachable(&error)),
        };
        if found.meta.size > MAX_FILE {
            // Whatever it is, it can't be read as a checkpoint.
            return Ok(Some(Vec::new()));
        }
        let bytes = found.bytes().await.map_err(|error| self.unreachable(&error))?;
        Ok(Some(bytes.into()))
    }

    pub(super) async fn newest(&self, log_id: Uuid, known: i64) -> Result<i64, TargetError> {
        let (log, before) = (self.of(log_id), known.saturating_sub(1).max(0));
        match self.newest_behind(&log, before).await? {
            0 if before > 0 => self.newest_behind(&log, 0).await,
            newest => Ok(newest),
        }
    }

    async fn newest_behind(&self, log: &Path, before: i64) -> Result<i64, TargetError> {
        let objects = self.store.list_with_offset(Some(log), &log.clone().join(file_name(before)));
        let newest = objects.try_fold(0, async |newest: i64, object| {
            Ok(newest.max(object.location.filename().and_then(sequence_of).unwrap_or(0)))
        });
        newest.await.map_err(|error| self.unreachable(&error))
    }

    pub(super) async fn logs(&self) -> Result<Vec<Uuid>, TargetError> {
        let listed = self.store.list_with_delimiter(Some(&self.prefix)).await;
        let listed = listed.map_err(|error| self.unreachable(&error))?.common_prefixes;
        let logs = listed.iter().filter_map(|prefix| prefix.filename()?.parse().ok());
        Ok(logs.take(MAX_LOGS).collect())
    }

    fn of(&self, log_id: Uuid) -> Path {
        self.prefix.clone().join(log_id.to_string())
    }

    fn unreachable(&self, error: &Error) -> TargetError {
        TargetError::unreachable(&self.name, &error)
    }
}

/// A variable that has something to say about buckets.
fn set(builder: AmazonS3Builder, (name, value): (String, String)) -> AmazonS3Builder {
    let key = name.starts_with("AWS_").then(|| name.to_ascii_lowercase().parse().ok()).flatten();
    match key {
        Some(key) => builder.with_config(key, value),
        None => builder,
    }
}
