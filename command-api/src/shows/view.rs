//! A show as its organizer is answered.

use domain::{ShowId, ShowStatus, operations::ShowSummary};
use edge::Answered;
use event_store::{Committed, Position};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::answered, words};

/// Where a show stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShowSummary)]
pub(crate) struct ShowView {
    #[schema(value_type = uuid::Uuid)]
    show_id: ShowId,
    /// The `ETag`, and what `If-Match` is compared with.
    version: u64,
    #[schema(schema_with = words::show_status)]
    status: ShowStatus,
    /// The log position of the last event.
    position: Position,
}

impl ShowView {
    pub(super) fn answer(status: StatusCode, committed: Committed<ShowSummary>) -> Answered<Self> {
        let ShowSummary { show_id, version, status: stands } = committed.answer;
        answered(status, committed, |_, position| Self { show_id, version, status: stands, position })
            .version(version)
    }
}
