//! The stream: made when it is missing, never deleted but by [`crate::reset`].

use async_nats::jetstream::{
    Context, ErrorCode,
    context::GetStreamErrorKind,
    stream::{Config, DiscardPolicy, Info, PersistenceMode, RetentionPolicy, StorageType},
};
use event_store::Position;
use uuid::Uuid;

use crate::{
    error::{Asked, RelayError},
    options::RelayOptions,
};

/// The stream's metadata under which the log's id stands.
pub(crate) const LOG_ID: &str = "stagedoor-log-id";

/// The stream's configuration.
///
/// `discard: old`, never `new`: a full stream must not hold up the relay, because below the stream's first sequence
/// everyone reads the log.
///
/// `persist_mode: async`: messages are written to disk many at a time, not each by itself. What a crash of NATS takes
/// with it is relayed again, at the same sequences. Servers before 2.12 do not know it and write each by itself.
#[must_use]
pub fn stream_config(options: &RelayOptions, log_id: Uuid, first: Position) -> Config {
    Config {
        name: options.stream.clone(),
        description: Some(
            "Stagedoor's events; sequence = log position. Written by the relay alone.".to_owned(),
        ),
        subjects: vec![format!("{}.>", options.subject_prefix)],
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        persist_mode: Some(PersistenceMode::Async),
        discard: DiscardPolicy::Old,
        max_age: options.max_age,
        max_bytes: options.max_bytes,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        max_message_size: -1,
        num_replicas: options.replicas,
        allow_direct: true,
        metadata: [(LOG_ID.to_owned(), log_id.to_string())].into(),
        first_sequence: u64::try_from(first).ok(),
        ..Config::default()
    }
}

/// The stream as it is, if it is there. Not being there is an answer of its own: anything else is no reason to make
/// a new one.
pub(crate) async fn look_up(context: &Context, name: &str) -> Result<Option<Info>, RelayError> {
    match context.get_stream(name).await {
        Ok(stream) => Ok(Some(stream.cached_info().clone())),
        Err(error) => match error.kind() {
            GetStreamErrorKind::JetStream(cause) if cause.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                Ok(None)
            }
            GetStreamErrorKind::JetStream(_)
            | GetStreamErrorKind::Request
            | GetStreamErrorKind::EmptyName
            | GetStreamErrorKind::InvalidStreamName => Err(error).asked("describe the stream"),
        },
    }
}

/// Makes the stream.
pub(crate) async fn create(
    context: &Context,
    options: &RelayOptions,
    log_id: Uuid,
    first: Position,
) -> Result<(), RelayError> {
    context.create_stream(stream_config(options, log_id, first)).await.asked("create the stream")?;
    tracing::info!(stream = options.stream, first, "created the stream");
    Ok(())
}

/// Brings limits and subjects of a stream that exists to what is configured now; the rest is its operator's.
pub(crate) async fn adjust(
    context: &Context,
    options: &RelayOptions,
    config: &Config,
) -> Result<(), RelayError> {
    let wanted = Config {
        subjects: vec![format!("{}.>", options.subject_prefix)],
        discard: DiscardPolicy::Old,
        max_age: options.max_age,
        max_bytes: options.max_bytes,
        ..config.clone()
    };
    if wanted == *config {
        return Ok(());
    }
    context.update_stream(wanted).await.asked("update the stream's limits")?;
    tracing::info!(stream = options.stream, "updated the stream's limits");
    Ok(())
}

/// Deletes the stream, if it is there.
pub(crate) async fn delete(context: &Context, name: &str) -> Result<(), RelayError> {
    if look_up(context, name).await?.is_some() {
        context.delete_stream(name).await.asked("delete the stream")?;
    }
    Ok(())
}
