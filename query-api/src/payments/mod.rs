//! Payments: the same people see them as see their orders.

pub(crate) mod get;
pub(crate) mod list;
mod view;

use projections::Model;

/// What answers about payments are made of: `shows` knows whose show it is.
const MODELS: [Model; 2] = [Model::Payments, Model::Shows];
