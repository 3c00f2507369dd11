//! What is asked of `inventory`.

use domain::{ShowId, UserId};
use event_store::Position;
use serde::Serialize;
use sqlx::{FromRow, PgConnection, types::Json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::SectionRow;
use crate::page::{Page, PageRequest};

/// How many of a show's seats are left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Inventory)]
pub struct InventoryView {
    /// The show.
    pub show_id: Uuid,
    /// How many seats it has.
    pub capacity: u64,
    /// How many are held for orders that are not paid for yet.
    pub held: u64,
    /// How many are sold.
    pub sold: u64,
    /// How many are left.
    pub available: u64,
    /// The same for each section.
    pub sections: Vec<InventorySectionView>,
}

/// How many of a section's seats are left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = InventorySection)]
pub struct InventorySectionView {
    /// Its code.
    pub section: String,
    /// How many seats it has.
    pub capacity: u64,
    /// How many are held for orders that are not paid for yet.
    pub held: u64,
    /// How many are sold.
    pub sold: u64,
    /// How many are left.
    pub available: u64,
}

#[derive(FromRow)]
struct Listed {
    show_id: Uuid,
    sections: Json<Vec<SectionRow>>,
    created_position: Position,
}

/// The inventory of a show that the viewer may see, as [`crate::shows::get`] decides. Reads `inventory` and `shows`.
///
/// # Errors
/// The database's own.
pub async fn get(
    connection: &mut PgConnection,
    show: ShowId,
    viewer: Option<UserId>,
    everything: bool,
) -> Result<Option<InventoryView>, sqlx::Error> {
    let found: Option<Listed> = sqlx::query_as(include_str!("get.sql"))
        .bind(show.uuid())
        .bind(viewer.map(UserId::uuid))
        .bind(everything)
        .fetch_optional(connection)
        .await?;
    Ok(found.map(InventoryView::from))
}

/// A page of the inventories of published shows, newest show first. Reads `inventory` and `shows`.
///
/// # Errors
/// The database's own.
pub async fn list(
    connection: &mut PgConnection,
    page: PageRequest,
) -> Result<Page<InventoryView>, sqlx::Error> {
    let found: Vec<Listed> = sqlx::query_as(include_str!("list.sql"))
        .persistent(false)
        .bind(page.before)
        .bind(page.fetch())
        .fetch_all(connection)
        .await?;
    Ok(page.cut(found, |listed| listed.created_position).map(InventoryView::from))
}

impl From<Listed> for InventoryView {
    fn from(listed: Listed) -> Self {
        Self::new(listed.show_id, listed.sections.0)
    }
}

impl InventoryView {
    pub(crate) fn new(show_id: Uuid, sections: Vec<SectionRow>) -> Self {
        let sections: Vec<_> = sections.into_iter().map(InventorySectionView::from).collect();
        let sum = |of: fn(&InventorySectionView) -> u64| sections.iter().map(of).sum();
        Self {
            show_id,
            capacity: sum(|section| section.capacity),
            held: sum(|section| section.held),
            sold: sum(|section| section.sold),
            available: sum(|section| section.available),
            sections,
        }
    }
}

impl From<SectionRow> for InventorySectionView {
    fn from(row: SectionRow) -> Self {
        let available = row.available();
        let SectionRow { section, capacity, held, sold } = row;
        Self { section, capacity, held, sold, available }
    }
}
