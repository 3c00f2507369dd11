//! What the tests stand on: a log in a database of its own, a stream of its own, and an independent fold.

pub(crate) mod expected;
pub(crate) mod history;
pub(crate) mod stream;
pub(crate) mod world;

pub(crate) use history::History;
pub(crate) use stream::Stream;
pub(crate) use world::World;
