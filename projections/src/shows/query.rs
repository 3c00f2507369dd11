//! What is asked of `shows`.

use chrono::{DateTime, Utc};
use domain::{ShowDraft, ShowId, UserId};
use event_store::Position;
use sqlx::{PgConnection, types::Json};

use super::{ShowView, Stored};
use crate::page::{Page, PageRequest};

/// Which shows a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowFilter {
    /// Those that are or were on sale.
    Published,
    /// An organizer's own, drafts among them.
    Of(UserId),
}

/// A show. `viewer` sees own drafts; `everything` is for operators.
///
/// # Errors
/// The database's own.
pub async fn get(
    connection: &mut PgConnection,
    show: ShowId,
    viewer: Option<UserId>,
    everything: bool,
) -> Result<Option<ShowView>, sqlx::Error> {
    let found: Option<Stored> = sqlx::query_as(include_str!("get.sql"))
        .bind(show.uuid())
        .bind(viewer.map(UserId::uuid))
        .bind(everything)
        .fetch_optional(connection)
        .await?;
    Ok(found.map(Stored::row).transpose()?.map(|(show, row)| ShowView::new(show, row)))
}

/// A page of shows, newest first.
///
/// # Errors
/// The database's own.
pub async fn list(
    connection: &mut PgConnection,
    filter: ShowFilter,
    page: PageRequest,
) -> Result<Page<ShowView>, sqlx::Error> {
    let organizer = match filter {
        ShowFilter::Published => None,
        ShowFilter::Of(organizer) => Some(organizer.uuid()),
    };
    // Planned anew each time: the best index depends on which filters are there.
    let found: Vec<Stored> = sqlx::query_as(include_str!("list.sql"))
        .persistent(false)
        .bind(organizer)
        .bind(page.before)
        .bind(page.fetch())
        .fetch_all(connection)
        .await?;
    let rows = found.into_iter().map(Stored::row).collect::<Result<Vec<_>, _>>()?;
    Ok(page
        .cut(rows, |(_, row)| -> Position { row.created_position })
        .map(|(show, row)| ShowView::new(show, row)))
}

/// How many of an organizer's shows begin after a moment: nobody but their organizer lets people in.
///
/// # Errors
/// The database's own.
pub async fn to_come(
    connection: &mut PgConnection,
    organizer: UserId,
    after: DateTime<Utc>,
) -> Result<i64, sqlx::Error> {
    let count = sqlx::query_scalar(include_str!("to_come.sql")).bind(organizer.uuid()).bind(after);
    count.fetch_one(connection).await
}

/// What was said about a show last.
pub(crate) async fn draft(
    connection: &mut PgConnection,
    show: ShowId,
) -> Result<Option<ShowDraft>, sqlx::Error> {
    let found: Option<Json<ShowDraft>> =
        sqlx::query_scalar(include_str!("draft.sql")).bind(show.uuid()).fetch_optional(connection).await?;
    Ok(found.map(|draft| draft.0))
}
