//! Shows. Those that are or were on sale are everyone's to see, drafts their organizer's.

pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod seats;

use domain::{ShowId, StreamId};
use edge::{Problem, extract::Caller};
use projections::{
    Model,
    shows::{self, ShowView},
};

use crate::reading::Reading;

/// The show, if the caller may see it.
async fn visible(
    reading: &mut Reading,
    show: ShowId,
    caller: Option<Caller>,
    entities: &[(Model, StreamId)],
) -> Result<ShowView, Problem> {
    let viewer = caller.map(|caller| caller.user_id);
    let found = shows::get(reading, show, viewer, false).await?;
    let hidden = found.is_none() && shows::get(reading, show, None, true).await?.is_some();
    reading.judge(found, hidden, entities).await
}
