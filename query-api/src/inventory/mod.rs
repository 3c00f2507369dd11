//! How many seats are left.

pub(crate) mod get;
pub(crate) mod list;

use domain::{ShowId, StreamId};
use projections::Model;

/// What answers about seats are made of: `shows` knows who may see them, and in which order they are.
pub(crate) const MODELS: [Model; 2] = [Model::Shows, Model::Inventory];

/// The same of one show.
pub(crate) fn entities(show: ShowId) -> [(Model, StreamId); 2] {
    [(Model::Shows, StreamId::show(show)), (Model::Inventory, StreamId::inventory(show))]
}
