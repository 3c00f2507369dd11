//! A log that grows by plain inserts, with the hashes it should have.

use chrono::{DateTime, Utc};
use event_store::{HashColumn, LogReader, Position, RecordedEvent, canonical::GENESIS};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

pub struct Log {
    pub id: Uuid,
    connection: PgConnection,
    reader: LogReader,
    last: Option<RecordedEvent>,
    began: DateTime<Utc>,
}

impl Log {
    pub async fn open(options: &PgConnectOptions) -> Self {
        let mut connection = PgConnection::connect_with(options).await.unwrap();
        let id =
            sqlx::query_scalar("select log_id from log_identity").fetch_one(&mut connection).await.unwrap();
        let began = sqlx::query_scalar("select clock_timestamp()").fetch_one(&mut connection).await.unwrap();
        Self { id, connection, reader: LogReader::new(options.clone(), "test"), last: None, began }
    }

    pub fn head(&self) -> Position {
        self.last.as_ref().map_or(0, |last| last.position)
    }

    pub async fn append(&mut self, count: usize) {
        for _ in 0..count {
            self.append_data("{\"n\": 1}").await;
        }
        self.announce().await;
    }

    pub async fn append_large(&mut self, bytes: usize) {
        self.append_data(&format!("{{\"text\":\"{}\"}}", "x".repeat(bytes))).await;
        self.announce().await;
    }

    /// As after restoring an old backup: the end is gone.
    pub async fn cut_to(&mut self, position: Position) {
        self.execute("alter table events disable trigger user").await;
        sqlx::query("delete from events where position > $1")
            .bind(position)
            .execute(&mut self.connection)
            .await
            .unwrap();
        self.last = self.reader.at(position).await.unwrap();
    }

    /// As restore and import do.
    pub async fn renew_id(&mut self) {
        self.id = Uuid::new_v4();
        sqlx::query("update log_identity set log_id = $1")
            .bind(self.id)
            .execute(&mut self.connection)
            .await
            .unwrap();
    }

    pub async fn execute(&mut self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.connection).await.unwrap();
    }

    pub async fn after(&mut self, mut position: Position) -> Vec<RecordedEvent> {
        let mut events: Vec<RecordedEvent> = Vec::new();
        loop {
            let page = self.reader.after(position, 5_000).await.unwrap();
            let Some(last) = page.last() else { return events };
            position = last.position;
            events.extend(page);
        }
    }

    async fn append_data(&mut self, data: &str) {
        let position = self.head() + 1;
        let mut event = RecordedEvent {
            position,
            stream_id: format!("order-{}", Uuid::new_v4()),
            version: 1,
            event_id: Uuid::new_v4(),
            event_type: "OrderPlaced".to_owned(),
            data: data.to_owned(),
            metadata: "{\"schema\":1}".to_owned(),
            recorded_at: self.began + chrono::TimeDelta::microseconds(position),
            hash: HashColumn(GENESIS),
        };
        let previous = self.last.as_ref().map_or(GENESIS, |last| last.hash.0);
        event.hash = HashColumn(event.expected_hash(&previous));
        insert(&mut self.connection, &event).await;
        self.last = Some(event);
    }

    async fn announce(&mut self) {
        let head = self.head().to_string();
        let notify = sqlx::query("select pg_notify('stagedoor_log', $1)").bind(head);
        notify.execute(&mut self.connection).await.unwrap();
    }
}

async fn insert(connection: &mut PgConnection, event: &RecordedEvent) {
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
    .execute(connection)
    .await
    .unwrap();
}
