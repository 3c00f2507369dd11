//! What a page of events comes to.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::process::Reaction;

/// A step's target and what is done to it.
type Name = (Uuid, &'static str);

/// The last word on each step of a page: a step scheduled and dropped within it never reaches the table. It comes to
/// the same as a page for every event.
#[derive(Default)]
pub(crate) struct NetReactions {
    scheduled: Vec<(Uuid, &'static str, Uuid, DateTime<Utc>)>,
    hastened: Vec<(Uuid, &'static str, Uuid, DateTime<Utc>)>,
    dropped: Vec<Name>,
}

/// The last word on one step.
enum Word {
    Scheduled { cause: Uuid, due_at: DateTime<Utc> },
    Hastened { cause: Uuid, due_at: DateTime<Utc> },
    Dropped,
}

impl Word {
    /// The same, but due by `at` because of `cause`: whatever is done of it at this moment was for another reason.
    fn hastened(self, cause: Uuid, at: DateTime<Utc>) -> Self {
        match self {
            Self::Scheduled { due_at, .. } => Self::Scheduled { cause, due_at: due_at.min(at) },
            Self::Hastened { due_at, .. } => Self::Hastened { cause, due_at: due_at.min(at) },
            Self::Dropped => Self::Dropped,
        }
    }
}

impl NetReactions {
    /// Of reactions and the events that led to them, in the log's order.
    pub(crate) fn of(reactions: &[(Uuid, Reaction)]) -> Self {
        let mut last: BTreeMap<Name, Word> = BTreeMap::new();
        for (cause, reaction) in reactions {
            let (name, word) = match reaction {
                Reaction::Schedule { target, step, due_at } => {
                    ((*target, *step), Word::Scheduled { cause: *cause, due_at: *due_at })
                }
                Reaction::Hasten { target, step, due_at } => {
                    let (name, due_at) = ((*target, *step), *due_at);
                    let alone = Word::Hastened { cause: *cause, due_at };
                    (name, last.remove(&name).map_or(alone, |word| word.hastened(*cause, due_at)))
                }
                Reaction::Drop { target, step } => ((*target, *step), Word::Dropped),
            };
            last.insert(name, word);
        }
        let mut net = Self::default();
        for ((target, step), word) in last {
            match word {
                Word::Scheduled { cause, due_at } => net.scheduled.push((target, step, cause, due_at)),
                Word::Hastened { cause, due_at } => net.hastened.push((target, step, cause, due_at)),
                Word::Dropped => net.dropped.push((target, step)),
            }
        }
        net
    }

    pub(crate) async fn write(
        &self,
        connection: &mut PgConnection,
        process: &str,
    ) -> Result<(), sqlx::Error> {
        self.drop(connection, process).await?;
        self.hasten(connection, process).await?;
        self.schedule(connection, process).await
    }

    async fn drop(&self, connection: &mut PgConnection, process: &str) -> Result<(), sqlx::Error> {
        if self.dropped.is_empty() {
            return Ok(());
        }
        let (targets, steps): (Vec<Uuid>, Vec<&str>) = self.dropped.iter().copied().unzip();
        let drop = sqlx::query(include_str!("sql/drop.sql")).bind(process).bind(targets).bind(steps);
        drop.execute(connection).await.map(|_| ())
    }

    async fn hasten(&self, connection: &mut PgConnection, process: &str) -> Result<(), sqlx::Error> {
        if self.hastened.is_empty() {
            return Ok(());
        }
        sqlx::query(include_str!("sql/hasten.sql"))
            .bind(process)
            .bind(self.hastened.iter().map(|step| step.0).collect::<Vec<_>>())
            .bind(self.hastened.iter().map(|step| step.1).collect::<Vec<_>>())
            .bind(self.hastened.iter().map(|step| step.2).collect::<Vec<_>>())
            .bind(self.hastened.iter().map(|step| step.3).collect::<Vec<_>>())
            .execute(connection)
            .await
            .map(|_| ())
    }

    async fn schedule(&self, connection: &mut PgConnection, process: &str) -> Result<(), sqlx::Error> {
        if self.scheduled.is_empty() {
            return Ok(());
        }
        sqlx::query(include_str!("sql/schedule.sql"))
            .bind(process)
            .bind(self.scheduled.iter().map(|step| step.0).collect::<Vec<_>>())
            .bind(self.scheduled.iter().map(|step| step.1).collect::<Vec<_>>())
            .bind(self.scheduled.iter().map(|step| step.2).collect::<Vec<_>>())
            .bind(self.scheduled.iter().map(|step| step.3).collect::<Vec<_>>())
            .execute(connection)
            .await
            .map(|_| ())
    }
}
