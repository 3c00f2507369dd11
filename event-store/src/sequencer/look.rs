//! Taking the lock and looking at what is to be decided on, in one round trip.

use std::{collections::HashMap, fmt::Write};

use faultpoint::{Sabotage, sabotaged};
use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, Either, FromRow, PgConnection};
use uuid::Uuid;

use super::{decide::Remembered, session::CATCH_UP};
use crate::record::{Position, RecordedEvent};

/// What lies in the log, seen under the lock.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// What follows the position that was asked about; at most [`CATCH_UP`] + 1 events.
    pub(super) events: Vec<RecordedEvent>,
    /// Commands that were carried out before.
    pub(super) remembered: HashMap<Uuid, Remembered>,
}

#[derive(FromRow)]
struct Row {
    command_id: Uuid,
    fingerprint: Vec<u8>,
    answer: String,
    position: Position,
}

/// Several statements, sent at once. Each takes its own snapshot when it begins, so the second and third see everything
/// that was committed before the first had the lock; one statement that locked and read would not.
///
/// Statements that are sent together take no parameters. These hold nothing but numbers and UUIDs.
pub(super) fn statements(position: Position, ids: &[Uuid]) -> String {
    let mut text = String::with_capacity(512 + ids.len() * 40);
    let lock = include_str!("../sql/lock.sql");
    if sabotaged(Sabotage::SkipLock) {
        text.push_str(&lock.replace(" exclusive ", " row exclusive "));
    } else {
        text.push_str(lock);
    }
    let forward = include_str!("../sql/read_forward.sql");
    text.push_str(&forward.replace("$1", &position.to_string()).replace("$2", &(CATCH_UP + 1).to_string()));
    if !ids.is_empty() {
        let mut list = String::with_capacity(ids.len() * 39 + 16);
        for id in ids {
            // Writing to a string can't fail.
            let _ = write!(list, "{}'{id}'", if list.is_empty() { "" } else { "," });
        }
        text.push_str(
            &include_str!("../sql/remembered.sql").replace("$1", &format!("array[{list}]::uuid[]")),
        );
    }
    text
}

/// Runs [`statements`].
pub(super) async fn run(connection: &mut PgConnection, statements: &str) -> Result<Look, sqlx::Error> {
    /// `begin` and `lock table` come before.
    const EVENTS: usize = 2;
    let mut look = Look::default();
    let mut statement = 0;
    let mut results = sqlx::raw_sql(AssertSqlSafe(statements)).fetch_many(connection);
    while let Some(result) = results.try_next().await? {
        match result {
            Either::Left(_) => statement += 1,
            Either::Right(row) if statement == EVENTS => look.events.push(RecordedEvent::from_row(&row)?),
            Either::Right(row) => {
                let Row { command_id, fingerprint, answer, position } = Row::from_row(&row)?;
                look.remembered.insert(command_id, Remembered { fingerprint, answer, position });
            }
        }
    }
    Ok(look)
}
