//! Checkpoints in a second database, in a table of their own.

use std::{fmt, time::Duration};

use event_store::connect;
use sqlx::{FromRow, PgConnection, postgres::PgConnectOptions};
use tokio::{sync::Mutex, time::timeout};
use uuid::Uuid;

use super::{Kept, MAX_LOGS, TargetError};
use crate::checkpoint::Signed;

/// The statements that make the table; to be run by an administrator where the role may not.
pub const SCHEMA: &str = include_str!("../sql/target_schema.sql");

const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// SQLSTATE `insufficient_privilege`.
const INSUFFICIENT_PRIVILEGE: &str = "42501";
const PURPOSE: &str = "checkpoints";

pub(super) struct Database {
    options: PgConnectOptions,
    /// Opened when it is first needed, and again when it has failed.
    connection: Mutex<Option<PgConnection>>,
}

/// Shows no password.
impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("place", &self.place()).finish_non_exhaustive()
    }
}

/// A database, as a server knows it.
#[derive(Debug, PartialEq, Eq, FromRow)]
struct Identity {
    system_identifier: i64,
    database: String,
}

impl Database {
    pub(super) fn named(url: &str) -> Result<Self, TargetError> {
        // The parser's own words may repeat what it was given.
        let options = url.parse().map_err(|_| {
            TargetError::Unusable("postgres://user:password@host:5432/database is wanted".to_owned())
        })?;
        Ok(Self { options, connection: Mutex::default() })
    }

    pub(super) async fn keep(&self, signed: &Signed) -> Result<Kept, TargetError> {
        let checkpoint = &signed.checkpoint;
        let keep = async |connection: &mut PgConnection| {
            sqlx::query(include_str!("../sql/target_keep.sql"))
                .bind(checkpoint.log_id)
                .bind(checkpoint.sequence)
                .bind(signed.to_json())
                .execute(connection)
                .await
        };
        let kept = self.asked(keep).await?.rows_affected() > 0;
        Ok(if kept { Kept::Written } else { Kept::Taken })
    }

    pub(super) async fn read(&self, log_id: Uuid, sequence: i64) -> Result<Option<Vec<u8>>, TargetError> {
        let read = async |connection: &mut PgConnection| {
            let found =
                sqlx::query_scalar(include_str!("../sql/target_read.sql")).bind(log_id).bind(sequence);
            found.fetch_optional(connection).await
        };
        Ok(self.asked(read).await?.map(String::into_bytes))
    }

    pub(super) async fn newest(&self, log_id: Uuid) -> Result<i64, TargetError> {
        self.asked(async |connection| {
            sqlx::query_scalar(include_str!("../sql/target_newest.sql"))
                .bind(log_id)
                .fetch_one(connection)
                .await
        })
        .await
    }

    pub(super) async fn logs(&self) -> Result<Vec<Uuid>, TargetError> {
        let most = i32::try_from(MAX_LOGS).unwrap_or(i32::MAX);
        self.asked(async |connection| {
            sqlx::query_scalar(include_str!("../sql/target_logs.sql")).bind(most).fetch_all(connection).await
        })
        .await
    }

    /// Whoever owns the log's server owns these checkpoints, too, if they are there.
    pub(super) async fn objection(&self, log: &PgConnectOptions) -> Result<Option<String>, TargetError> {
        let ours = self.asked(identity).await?;
        let asked = async { identity(&mut connect(log, PURPOSE).await?).await };
        let theirs = asked.await.map_err(|error| TargetError::unreachable(&"the log's database", &error))?;
        Ok((ours.system_identifier == theirs.system_identifier).then(|| {
            format!(
                "the checkpoints lie on the log's own server, in {}: its owner can change both",
                ours.database
            )
        }))
    }

    async fn asked<T>(
        &self,
        ask: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, TargetError> {
        let mut kept = self.connection.lock().await;
        // Taken out, so that a connection on which something failed is not used again.
        let connection = kept.take();
        let asked = async {
            let mut connection = match connection {
                Some(connection) => connection,
                None => self.open().await?,
            };
            let answer = ask(&mut connection).await?;
            Ok::<_, sqlx::Error>((connection, answer))
        };
        let asked = timeout(ANSWER_WITHIN, asked).await;
        let (connection, answer) = asked
            .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(elapsed.into())))
            .map_err(|error| TargetError::unreachable(&self.place(), &said(&error)))?;
        *kept = Some(connection);
        Ok(answer)
    }

    async fn open(&self) -> Result<PgConnection, sqlx::Error> {
        let mut connection = connect(&self.options, PURPOSE).await?;
        let exists = include_str!("../sql/target_exists.sql");
        if !sqlx::query_scalar::<_, bool>(exists).fetch_one(&mut connection).await? {
            sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
        }
        Ok(connection)
    }

    fn place(&self) -> String {
        let (host, database) = (self.options.get_host(), self.options.get_database().unwrap_or_default());
        format!("postgres://{host}:{}/{database}", self.options.get_port())
    }
}

async fn identity(connection: &mut PgConnection) -> Result<Identity, sqlx::Error> {
    sqlx::query_as(include_str!("../sql/target_server.sql")).fetch_one(connection).await
}

/// What the server said; and what an administrator has to do, where the role may not make the table.
fn said(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    if code.as_deref() == Some(INSUFFICIENT_PRIVILEGE) {
        return format!("{error}; where the table is missing, have an administrator run:\n\n{SCHEMA}");
    }
    error.to_string()
}
