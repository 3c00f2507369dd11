//! One connection's conversation with the log while it is written.

use std::time::Duration;

use chrono::{DateTime, Utc};
use faultpoint::Point;
use sqlx::{AssertSqlSafe, PgConnection, postgres::PgConnectOptions};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    append::{Appendix, Tail, Trace},
    look::{self, Look},
};
use crate::{
    canonical::GENESIS,
    connect::{connect, within},
    reader,
    record::{Position, RecordedEvent},
};

/// How long one statement may take before the connection is given up.
pub(super) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the lock is waited for in all.
const LOCK_PATIENCE: Duration = Duration::from_secs(20);
/// SQLSTATE `lock_not_available`.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// The most events that are applied while the log is locked.
pub(super) const CATCH_UP: i64 = 1_000;

/// Why a batch was not written, or may not have been.
pub(super) enum WriteError {
    /// Nothing of it is in the log.
    NotCommitted(sqlx::Error),
    /// The commit was sent and not answered.
    Unknown(sqlx::Error),
}

pub(super) struct Session {
    connection: PgConnection,
    pub(super) log_id: Uuid,
}

impl Session {
    /// Connects to a server that takes writes.
    pub(super) async fn open(options: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let mut connection = connect(options, "sequencer").await?;
        within(STATEMENT_TIMEOUT, sqlx::raw_sql(include_str!("../sql/session.sql")).execute(&mut connection))
            .await?;
        let standby: bool = within(
            STATEMENT_TIMEOUT,
            sqlx::query_scalar(include_str!("../sql/in_recovery.sql")).fetch_one(&mut connection),
        )
        .await?;
        if standby {
            return Err(sqlx::Error::Protocol("this server is a standby and takes no writes".into()));
        }
        let log_id = within(STATEMENT_TIMEOUT, reader::head(&mut connection)).await?.log_id;
        Ok(Self { connection, log_id })
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// The last event's position, hash and time.
    pub(super) async fn tail(&mut self) -> Result<Tail, sqlx::Error> {
        let head = within(STATEMENT_TIMEOUT, reader::head(&mut self.connection)).await?;
        let recorded_at = self.event(head.position).await?.map(|event| event.recorded_at);
        Ok(Tail {
            position: head.position,
            hash: if head.position == 0 { GENESIS } else { head.hash },
            recorded_at: recorded_at.unwrap_or(DateTime::<Utc>::MIN_UTC),
        })
    }

    /// The event at a position.
    pub(super) async fn event(&mut self, position: Position) -> Result<Option<RecordedEvent>, sqlx::Error> {
        let query = sqlx::query_as(include_str!("../sql/read_at.sql")).bind(position);
        within(STATEMENT_TIMEOUT, query.fetch_optional(&mut self.connection)).await
    }

    /// At most [`CATCH_UP`] + 1 events after a position.
    pub(super) async fn after(&mut self, position: Position) -> Result<Vec<RecordedEvent>, sqlx::Error> {
        let query = sqlx::query_as(include_str!("../sql/read_forward.sql")).bind(position).bind(CATCH_UP + 1);
        within(STATEMENT_TIMEOUT, query.fetch_all(&mut self.connection)).await
    }

    /// Begins a transaction that alone may append, and looks at what is to be decided on: the events after a position
    /// (at most [`CATCH_UP`] + 1), and the commands among `ids` that were carried out before. One round trip: what it
    /// takes, every batch waits for.
    pub(super) async fn lock(&mut self, position: Position, ids: &[Uuid]) -> Result<Look, sqlx::Error> {
        let statements = look::statements(position, ids);
        let begun = Instant::now();
        loop {
            match within(STATEMENT_TIMEOUT, look::run(&mut self.connection, &statements)).await {
                Err(error) if is_lock_timeout(&error) && begun.elapsed() < LOCK_PATIENCE => {
                    self.rollback().await?;
                    self.terminate_stale_holder().await?;
                }
                other => return other,
            }
        }
    }

    /// Appends and commits.
    pub(super) async fn write(&mut self, appendix: &Appendix) -> Result<(), WriteError> {
        within(STATEMENT_TIMEOUT, appendix.insert(&mut self.connection))
            .await
            .map_err(WriteError::NotCommitted)?;
        faultpoint::reach(Point::SequencerInserted).await;
        self.commit(appendix.tail.position).await.map_err(WriteError::Unknown)
    }

    async fn commit(&mut self, head: Position) -> Result<(), sqlx::Error> {
        let statements = include_str!("../sql/commit.sql").trim_end().replace("$1", &head.to_string());
        faultpoint::pass(Point::SequencerBeforeCommit).await?;
        let committing = sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut self.connection);
        within(STATEMENT_TIMEOUT, committing).await?;
        Ok(faultpoint::pass(Point::SequencerAfterCommit).await?)
    }

    pub(super) async fn rollback(&mut self) -> Result<(), sqlx::Error> {
        within(STATEMENT_TIMEOUT, sqlx::raw_sql("rollback").execute(&mut self.connection)).await.map(|_| ())
    }

    /// Whether a batch whose commit was not answered is in the log. Looks under the lock: without it, the server may
    /// still be busy committing, and the look would be too early.
    pub(super) async fn has(&mut self, trace: Trace) -> Result<bool, sqlx::Error> {
        let found = match trace {
            Trace::Event { position, event_id, hash } => {
                let look = self.lock(position - 1, &[]).await?;
                look.events.first().is_some_and(|event| event.event_id == event_id && event.hash.0 == hash)
            }
            Trace::Command(command_id) => {
                let look = self.lock(Position::MAX, &[command_id]).await?;
                look.remembered.contains_key(&command_id)
            }
        };
        if found {
            // It may have been visible before a synchronous standby had it; a commit of our own waits for that.
            let touch = sqlx::raw_sql(include_str!("../sql/wait_for_standbys.sql"));
            within(STATEMENT_TIMEOUT, touch.execute(&mut self.connection)).await?;
            within(STATEMENT_TIMEOUT, sqlx::raw_sql("commit").execute(&mut self.connection)).await?;
        } else {
            self.rollback().await?;
        }
        Ok(found)
    }

    async fn terminate_stale_holder(&mut self) -> Result<(), sqlx::Error> {
        let query = sqlx::query_scalar::<_, i32>(include_str!("../sql/terminate_stale_holder.sql"));
        for pid in within(STATEMENT_TIMEOUT, query.fetch_all(&mut self.connection)).await? {
            tracing::warn!(pid, "ended a writer that held the log for more than 5 s");
        }
        Ok(())
    }
}

fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(LOCK_NOT_AVAILABLE))
}
