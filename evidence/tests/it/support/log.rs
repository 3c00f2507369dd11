//! A log that grows by plain inserts, with the hashes it should have, and can be tampered with.

use chrono::{DateTime, TimeDelta, Utc};
use event_store::{Hash, HashColumn, LogReader, Position, RecordedEvent, canonical::GENESIS, new_id};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};

pub(crate) struct Log {
    pub(crate) connection: PgConnection,
    reader: LogReader,
    began: DateTime<Utc>,
}

impl Log {
    /// As a superuser whom no trigger stops.
    pub(crate) async fn open(options: &PgConnectOptions) -> Self {
        let mut connection = PgConnection::connect_with(options).await.unwrap();
        sqlx::raw_sql("set session_replication_role = replica").execute(&mut connection).await.unwrap();
        let began = DateTime::from_timestamp_micros(1_760_000_000_000_000).unwrap();
        Self { connection, reader: LogReader::new(options.clone(), "test"), began }
    }

    pub(crate) async fn head(&mut self) -> (Position, Hash) {
        let head = self.reader.head().await.unwrap();
        (head.position, head.hash)
    }

    /// Events of some streams in turn: one that goes on and on, others of three events each.
    pub(crate) async fn append(&mut self, count: i64) {
        let (mut position, mut previous) = self.head().await;
        for _ in 0..count {
            position += 1;
            let (stream_id, version) = place(position);
            let mut event = RecordedEvent {
                position,
                stream_id,
                version,
                event_id: new_id(),
                event_type: "SomethingHappened".to_owned(),
                data: format!(
                    r#"{{"number": {position}, "text": "a line of some length, as events have it"}}"#
                ),
                metadata: r#"{"schema":1}"#.to_owned(),
                recorded_at: self.began + TimeDelta::milliseconds(position),
                hash: HashColumn(GENESIS),
            };
            event.hash = HashColumn(event.expected_hash(&previous));
            previous = event.hash.0;
            self.insert(&event).await;
        }
    }

    pub(crate) async fn insert(&mut self, event: &RecordedEvent) {
        sqlx::query(
            "insert into events (position, stream_id, version, event_id, type, data, metadata, recorded_at, hash)
             values ($1, $2, $3, $4, $5, $6::json, $7::json, $8, $9)",
        )
        .bind(event.position)
        .bind(&event.stream_id)
        .bind(event.version)
        .bind(event.event_id)
        .bind(&event.event_type)
        .bind(&event.data)
        .bind(&event.metadata)
        .bind(event.recorded_at)
        .bind(event.hash.0.as_slice())
        .execute(&mut self.connection)
        .await
        .unwrap();
    }

    pub(crate) async fn at(&mut self, position: Position) -> RecordedEvent {
        self.reader.at(position).await.unwrap().unwrap()
    }

    /// Computes the chain anew from a position to the end.
    pub(crate) async fn chain_anew(&mut self, from: Position) {
        let mut previous = if from == 1 { GENESIS } else { self.at(from - 1).await.hash.0 };
        let mut position = from - 1;
        loop {
            let page = self.reader.after(position, 10_000).await.unwrap();
            let Some(last) = page.last() else { return };
            position = last.position;
            let mut hashes = Vec::with_capacity(page.len());
            for event in &page {
                previous = event.expected_hash(&previous);
                hashes.push(previous.to_vec());
            }
            let positions: Vec<Position> = page.iter().map(|event| event.position).collect();
            sqlx::query(
                "update events set hash = anew.hash
                 from unnest($1::bigint[], $2::bytea[]) as anew (position, hash)
                 where events.position = anew.position",
            )
            .bind(positions)
            .bind(hashes)
            .execute(&mut self.connection)
            .await
            .unwrap();
        }
    }

    pub(crate) async fn execute(&mut self, sql: impl Into<String>) {
        sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(&mut self.connection).await.unwrap();
    }
}

/// Every fourth event belongs to one long stream.
fn place(position: Position) -> (String, i64) {
    if position % 4 == 0 {
        return ("show-of-shows".to_owned(), position / 4);
    }
    let number = position - position / 4 - 1;
    (format!("order-{}", number / 3), number % 3 + 1)
}
