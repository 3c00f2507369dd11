//! Orders: those who placed them see them, the show's organizer, and operators.

mod as_of;
pub(crate) mod get;
pub(crate) mod history;
pub(crate) mod list;

use domain::{OrderId, StreamId};
use edge::{Problem, extract::Caller};
use projections::{
    Model, Viewer,
    orders::{self, OrderView},
};

use crate::{reading::Reading, viewer::viewer};

/// What answers about orders are made of.
const MODELS: [Model; 2] = [Model::Orders, Model::Payments];

/// The order, if it is the caller's business.
async fn visible(reading: &mut Reading, order: OrderId, caller: &Caller) -> Result<OrderView, Problem> {
    let found = orders::get(reading, order, viewer(caller)).await?;
    let hidden = found.is_none() && orders::get(reading, order, Viewer::Operator).await?.is_some();
    let own = [(Model::Orders, StreamId::order(order))];
    let entities = found.as_ref().map_or_else(|| own.to_vec(), |found| found.entities.clone());
    reading.judge(found, hidden, &entities).await
}
