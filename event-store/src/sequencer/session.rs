//! One connection's conversation with the log while it is written.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use faultpoint::Point;
use sqlx::{FromRow, PgConnection, postgres::PgConnectOptions};
use tokio::time::Instant;
use uuid::Uuid;

use super::{
    append::{Appendix, Tail, Trace},
    decide::Remembered,
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

    /// Begins a transaction that alone may append. A holder that has stood still for more than 5 s is terminated.
    ///
    /// What is decided on must be read in a later statement: this one's snapshot is older than the lock.
    pub(super) async fn lock(&mut self) -> Result<(), sqlx::Error> {
        let begun = Instant::now();
        loop {
            let locked = within(
                STATEMENT_TIMEOUT,
                sqlx::raw_sql(include_str!("../sql/lock.sql")).execute(&mut self.connection),
            )
            .await;
            match locked {
                Ok(_) => return Ok(()),
                Err(error) if is_lock_timeout(&error) && begun.elapsed() < LOCK_PATIENCE => {
                    self.rollback().await?;
                    self.terminate_stale_holder().await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The commands among `ids` that were carried out before.
    pub(super) async fn remembered(
        &mut self,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Remembered>, sqlx::Error> {
        #[derive(FromRow)]
        struct Row {
            command_id: Uuid,
            fingerprint: Vec<u8>,
            answer: String,
            position: Position,
        }
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let query = sqlx::query_as(include_str!("../sql/remembered.sql")).bind(ids);
        let rows: Vec<Row> = within(STATEMENT_TIMEOUT, query.fetch_all(&mut self.connection)).await?;
        let remembered = rows.into_iter().map(|row| {
            let Row { command_id, fingerprint, answer, position } = row;
            (command_id, Remembered { fingerprint, answer, position })
        });
        Ok(remembered.collect())
    }

    pub(super) async fn insert(&mut self, appendix: &Appendix) -> Result<(), sqlx::Error> {
        within(STATEMENT_TIMEOUT, appendix.insert(&mut self.connection)).await
    }

    /// Commits. After an error it is unknown whether the transaction was committed.
    pub(super) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        faultpoint::pass(Point::SequencerBeforeCommit).await?;
        within(STATEMENT_TIMEOUT, sqlx::raw_sql("commit").execute(&mut self.connection)).await?;
        Ok(faultpoint::pass(Point::SequencerAfterCommit).await?)
    }

    pub(super) async fn rollback(&mut self) -> Result<(), sqlx::Error> {
        within(STATEMENT_TIMEOUT, sqlx::raw_sql("rollback").execute(&mut self.connection)).await.map(|_| ())
    }

    /// Whether a batch whose commit was not answered is in the log. Looks under the lock: without it, the server may
    /// still be busy committing, and the look would be too early.
    pub(super) async fn has(&mut self, trace: Trace) -> Result<bool, sqlx::Error> {
        self.lock().await?;
        let found = match trace {
            Trace::Event { position, event_id, hash } => self
                .event(position)
                .await?
                .is_some_and(|event| event.event_id == event_id && event.hash.0 == hash),
            Trace::Command(command_id) => !self.remembered(&[command_id]).await?.is_empty(),
        };
        if found {
            // It may have been visible before a synchronous standby had it; a commit of our own waits for that.
            let touch = sqlx::raw_sql(include_str!("../sql/wait_for_standbys.sql"));
            within(STATEMENT_TIMEOUT, touch.execute(&mut self.connection)).await?;
            self.commit().await?;
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
