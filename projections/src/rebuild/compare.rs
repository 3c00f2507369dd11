//! Comparing what is read with what was made, one stretch of keys after the other.
//!
//! Each stretch is seen in a snapshot in which both sides are at the same position. A snapshot lasts for some stretches,
//! and never long; between two of them both sides may go on.

use std::{collections::VecDeque, time::Duration};

use event_store::Position;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, Postgres, Transaction, types::Json};
use tokio::time::Instant;

use super::{
    Differences, RebuildError,
    both::{Both, Meeting},
    fill,
    progress::Teller,
    settle::Turn,
};
use crate::{
    connect::connect,
    fence::Fence,
    read_model::ReadModel,
    slot::Slot,
    tables::{self, Table},
};

/// Rows of a stretch, on either side.
const STRETCH: i64 = 10_000;
/// Rows that differ are fetched so many at a time.
const AT_ONCE: i64 = 500;
/// A snapshot that is older than this is given up for a new one.
const SNAPSHOT: Duration = Duration::from_secs(1);
/// Longer than this no query of a snapshot may take.
const QUERY: &str = "3s";

/// The columns of a primary key, as texts.
type Key = Vec<String>;

/// What a comparison came to.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Where both sides were at the end.
    pub(super) position: Position,
    /// Rows that the log says there are.
    pub(super) rows: i64,
    pub(super) differences: Differences,
}

/// A row that is not the same on both sides.
#[derive(FromRow)]
struct Differing {
    key: Key,
    live: Option<Json<Value>>,
    made: Option<Json<Value>>,
}

/// Both sides at one position.
struct View<'a> {
    transaction: Transaction<'a, Postgres>,
    position: Position,
    since: Instant,
}

/// A table, and how far it has been compared.
struct Comparing {
    table: Table,
    live: String,
    /// The key of the last row that was compared; none before the first.
    after: Option<Key>,
}

/// Compares all tables of a read model, and what is parked.
pub(super) async fn compare<M: ReadModel>(
    both: &mut Both,
    teller: &Teller,
    turn: &Turn,
) -> Result<Compared, RebuildError> {
    let (made, live) = (both.shadow.slot().schema(M::NAME), both.shadow.slot().other().schema(M::NAME));
    let tables = tables::of(&mut both.made, &made).await?;
    let of = tables.iter().map(|table| table.rows).sum();
    let options = both.database.clone().options([("statement_timeout", QUERY)]);
    let mut looking = connect(&options, "compare").await?;
    let mut compared = Compared::default();
    let mut left: VecDeque<Comparing> = tables
        .into_iter()
        .map(|table| Comparing { live: format!("{live}.{}", table.name), table, after: None })
        .collect();
    while !left.is_empty() {
        let writing = turn.lock().await;
        let mut view = View::open::<M>(&mut looking, both, teller).await?;
        drop(writing);
        while view.since.elapsed() < SNAPSHOT
            && let Some(table) = left.front_mut()
        {
            if !table.stretch(&mut view.transaction, &mut compared).await? {
                left.pop_front();
            }
            teller.compared(compared.rows, of);
        }
        if left.is_empty() {
            parked::<M>(&mut view.transaction, both.shadow.slot(), &mut compared.differences).await?;
        }
        compared.position = view.position;
        view.transaction.rollback().await?;
    }
    Ok(compared)
}

impl<'a> View<'a> {
    /// Brings both sides to one position and looks; what is read is held up for as long as that takes, and no longer.
    async fn open<M: ReadModel>(
        looking: &'a mut PgConnection,
        both: &mut Both,
        teller: &Teller,
    ) -> Result<Self, RebuildError> {
        loop {
            fill::fill::<M>(both, teller).await?;
            let Some(Meeting { transaction: held, checkpoint, .. }) = both.meet::<M>(true).await? else {
                continue;
            };
            let mut transaction = looking.begin_with(include_str!("../sql/compare_begin.sql")).await?;
            let positions: (Position, Position) =
                sqlx::query_as(include_str!("../sql/compare_positions.sql"))
                    .bind(M::NAME)
                    .fetch_one(&mut *transaction)
                    .await?;
            held.rollback().await?;
            if positions != (checkpoint.position, checkpoint.position) {
                return Err(RebuildError::Overtaken);
            }
            return Ok(Self { transaction, position: checkpoint.position, since: Instant::now() });
        }
    }
}

impl Comparing {
    /// Compares the next stretch; whether there is more.
    async fn stretch(
        &mut self,
        snapshot: &mut PgConnection,
        compared: &mut Compared,
    ) -> Result<bool, RebuildError> {
        let until = self.end(snapshot).await?;
        compared.rows += self.rows(snapshot, until.as_ref()).await?;
        loop {
            let found = self.differing(snapshot, until.as_ref()).await?;
            let more = found.len() == usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
            self.after = if more { found.last().map(|row| row.key.clone()) } else { until.clone() };
            for row in found {
                let (live, made) = (row.live.map(|row| row.0), row.made.map(|row| row.0));
                compared.differences.add(&self.table.name, &self.table.columns, live, made);
            }
            if !more {
                return Ok(until.is_some());
            }
        }
    }

    /// The last key of the stretch: one that leaves no more rows than are wanted before it on either side. `None` where
    /// there are no more than that.
    async fn end(&self, snapshot: &mut PgConnection) -> Result<Option<Key>, sqlx::Error> {
        let mut query = sqlx::query_scalar(self.sql(include_str!("../sql/compare_end.sql"), None));
        if let Some(after) = &self.after {
            query = query.bind(after);
        }
        query.persistent(false).bind(STRETCH).fetch_optional(snapshot).await
    }

    async fn rows(&self, snapshot: &mut PgConnection, until: Option<&Key>) -> Result<i64, sqlx::Error> {
        let mut query = sqlx::query_scalar(self.sql(include_str!("../sql/compare_count.sql"), until));
        for key in self.after.iter().chain(until) {
            query = query.bind(key);
        }
        query.persistent(false).fetch_one(snapshot).await
    }

    async fn differing(
        &self,
        snapshot: &mut PgConnection,
        until: Option<&Key>,
    ) -> Result<Vec<Differing>, sqlx::Error> {
        let mut query = sqlx::query_as(self.sql(include_str!("../sql/compare_rows.sql"), until));
        for key in self.after.iter().chain(until) {
            query = query.bind(key);
        }
        query.persistent(false).bind(AT_ONCE).fetch_all(snapshot).await
    }

    /// A statement about the stretch that begins here: its parameters are the keys it begins after and ends with, where
    /// there are any, and then what else there is. All names in it come out of the catalogue.
    fn sql(&self, template: &str, until: Option<&Key>) -> AssertSqlSafe<String> {
        let Table { key, types, .. } = &self.table;
        let names = key.join(", ");
        let sides = [(">", self.after.as_ref()), ("<=", until)].into_iter().filter(|(_, key)| key.is_some());
        let bounds: Vec<String> = sides
            .zip(1..)
            .map(|((side, _), number)| format!("({names}) {side} ({})", parameter(types, number)))
            .collect();
        let stretch = if bounds.is_empty() { "true".to_owned() } else { bounds.join(" and ") };
        let as_text = key.iter().map(|column| format!("{column}::text")).collect::<Vec<_>>().join(", ");
        let sql = template
            .replace("{live}", &self.live)
            .replace("{made}", &self.table.qualified())
            .replace("{stretch}", &stretch)
            .replace("{key_as_text}", &as_text)
            .replace("{key}", &names)
            .replace("{next}", &format!("${}", bounds.len() + 1));
        AssertSqlSafe(sql)
    }
}

/// The parts of a key, which is an array of texts, as the types they are.
fn parameter(types: &[String], number: u8) -> String {
    let parts = types.iter().zip(1..).map(|(name, place)| format!("(${number}::text[])[{place}]::{name}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// What stands still on one side only, or at another event.
async fn parked<M: ReadModel>(
    snapshot: &mut PgConnection,
    made: Slot,
    differences: &mut Differences,
) -> Result<(), sqlx::Error> {
    let rows: Vec<Differing> = sqlx::query_as(include_str!("../sql/compare_parked.sql"))
        .bind(M::NAME)
        .bind(made.other())
        .bind(made)
        .bind(AT_ONCE)
        .fetch_all(snapshot)
        .await?;
    for row in rows {
        let (live, made) = (row.live.map(|row| row.0), row.made.map(|row| row.0));
        differences.add("parked_entities", &["entity".to_owned()], live, made);
    }
    Ok(())
}
