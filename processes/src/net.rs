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
    dropped: Vec<Name>,
}

impl NetReactions {
    /// Of reactions and the events that led to them, in the log's order.
    pub(crate) fn of(reactions: &[(Uuid, Reaction)]) -> Self {
        let mut last: BTreeMap<Name, Option<(Uuid, DateTime<Utc>)>> = BTreeMap::new();
        for (cause, reaction) in reactions {
            match reaction {
                Reaction::Schedule { target, step, due_at } => {
                    last.insert((*target, step), Some((*cause, *due_at)));
                }
                Reaction::Drop { target, step } => {
                    last.insert((*target, step), None);
                }
            }
        }
        let mut net = Self::default();
        for ((target, step), scheduled) in last {
            match scheduled {
                Some((cause, due_at)) => net.scheduled.push((target, step, cause, due_at)),
                None => net.dropped.push((target, step)),
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
