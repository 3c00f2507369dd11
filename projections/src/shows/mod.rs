//! `shows`: every show as it stands.

mod query;
mod row;
mod view;

use std::str::FromStr;

use domain::{Category, DomainEvent, ShowEvent, ShowStatus, StreamId};
use sqlx::{FromRow, PgConnection, types::Json};

pub(crate) use query::draft;
pub use query::{ShowFilter, get, list, to_come};
pub use row::ShowRow;
pub use view::{RowView, SectionView, ShowView};

use crate::{
    happened::Happened,
    read_model::{Misfit, ReadModel},
    sql::{self, AsJson},
};

/// The read model.
#[derive(Debug)]
pub struct Shows;

impl ReadModel for Shows {
    const NAME: &'static str = "shows";
    const VERSION: i32 = 1;
    type Row = ShowRow;

    fn entity(stream: StreamId) -> Option<StreamId> {
        match stream.category() {
            Category::Show => Some(stream),
            Category::Inventory
            | Category::Order
            | Category::Payment
            | Category::Ticket
            | Category::Account => None,
        }
    }

    fn fold(row: Option<ShowRow>, event: &Happened) -> Result<ShowRow, Misfit> {
        let DomainEvent::Show(_, what) = &event.event else { return Err(Misfit::not_concerned(event)) };
        let mut row = match what {
            ShowEvent::ShowScheduled { organizer, draft } => ShowRow::new(*organizer, draft.clone(), event),
            ShowEvent::ShowRevised { .. }
            | ShowEvent::ShowPublished {}
            | ShowEvent::ShowClosed {}
            | ShowEvent::ShowCancelled {} => row.ok_or_else(|| Misfit::no_row(event))?,
        };
        match what {
            ShowEvent::ShowScheduled { .. } => {}
            ShowEvent::ShowRevised { draft } => row.draft = draft.clone(),
            ShowEvent::ShowPublished {} => (row.status, row.published) = (ShowStatus::OnSale, true),
            ShowEvent::ShowClosed {} => row.status = ShowStatus::Closed,
            ShowEvent::ShowCancelled {} => row.status = ShowStatus::Cancelled,
        }
        row.version = event.version;
        Ok(row)
    }

    async fn load(
        connection: &mut PgConnection,
        entities: &[StreamId],
    ) -> Result<Vec<(StreamId, ShowRow)>, sqlx::Error> {
        let found: Vec<Stored> =
            sqlx::query_as(include_str!("load.sql")).bind(sql::uuids(entities)).fetch_all(connection).await?;
        found.into_iter().map(Stored::row).collect()
    }

    async fn save(connection: &mut PgConnection, rows: &[(StreamId, ShowRow)]) -> Result<(), sqlx::Error> {
        sqlx::query(include_str!("save.sql"))
            .bind(rows.iter().map(|(show, _)| show.uuid()).collect::<Vec<_>>())
            .bind(rows.iter().map(|(_, row)| row.organizer.uuid()).collect::<Vec<_>>())
            .bind(rows.iter().map(|(_, row)| row.status.as_str()).collect::<Vec<_>>())
            .bind(rows.iter().map(|(_, row)| row.version).collect::<Vec<_>>())
            .bind(rows.iter().map(|(_, row)| row.published).collect::<Vec<_>>())
            .bind(rows.iter().map(|(_, row)| AsJson(&row.draft)).collect::<Vec<_>>())
            .bind(rows.iter().map(|(_, row)| row.created_position).collect::<Vec<_>>())
            .bind(rows.iter().map(|(_, row)| row.created_at).collect::<Vec<_>>())
            .execute(connection)
            .await?;
        Ok(())
    }
}

/// A row as Postgres hands it out.
#[derive(FromRow)]
struct Stored {
    show_id: uuid::Uuid,
    organizer: uuid::Uuid,
    status: String,
    version: i64,
    published: bool,
    draft: Json<domain::ShowDraft>,
    created_position: i64,
    created_at: chrono::DateTime<chrono::Utc>,
}

impl Stored {
    fn row(self) -> Result<(StreamId, ShowRow), sqlx::Error> {
        let row = ShowRow {
            organizer: self.organizer.into(),
            status: ShowStatus::from_str(&self.status).map_err(sql::undecodable)?,
            version: self.version,
            published: self.published,
            draft: self.draft.0,
            created_position: self.created_position,
            created_at: self.created_at,
        };
        Ok((StreamId::show(self.show_id.into()), row))
    }
}
