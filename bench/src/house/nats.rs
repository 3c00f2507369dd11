//! The house's stream.

use async_nats::{
    ServerAddr,
    jetstream::{self, Context},
};

use super::House;
use crate::fallible::Fallible;

impl House<'_> {
    /// `JetStream`, as the user who may do everything.
    pub(crate) async fn jetstream(&self) -> Fallible<Context> {
        let url: ServerAddr = self.nats_url().parse()?;
        Ok(jetstream::new(engines::connect_options(&url).connect(url).await?))
    }

    /// The last sequence of the stream; 0 without one.
    pub(crate) async fn last_sequence(&self, jetstream: &Context) -> u64 {
        let stream = jetstream.get_stream(self.stream()).await;
        stream.map_or(0, |stream| stream.cached_info().state.last_sequence)
    }
}
