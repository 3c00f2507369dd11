//! What the tests stand on: a log in a database of its own, a stream of its own, and an independent fold.

pub mod expected;
pub mod history;
pub mod stream;
pub mod world;

pub use history::History;
pub use stream::Stream;
pub use world::World;
