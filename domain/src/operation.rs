//! Operations: what a caller wants done, possibly to several aggregates, whole or not at all.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Aggregate, Refusal, StreamId, UnitOfWork, Versioned};

/// The states that are at hand.
pub trait States {
    /// A stream's state, if it has been loaded.
    fn get(&self, stream: StreamId) -> Option<&Versioned>;
}

impl dyn States + '_ {
    /// An aggregate's state, if it has been loaded.
    #[must_use]
    pub fn known<A: Aggregate>(&self, id: A::Id) -> Option<&A> {
        self.get(A::stream(id)).and_then(|versioned| A::from_state(&versioned.state))
    }
}

/// One decision over one or several aggregates.
pub trait Operation: Send + Sync + 'static {
    /// What the caller is told; stored with the command, so that a repeated one gets the same answer.
    type Answer: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The existing streams that `run` will look at, as far as `known` tells.
    ///
    /// Asked again after each load, until it names nothing new: a payment names its order, the order its show. What
    /// follows from a state here must never change (an order's show does not). Streams that the operation itself
    /// brings into being are not named.
    fn streams(&self, known: &dyn States) -> Vec<StreamId>;

    /// Decides. Runs in the sequencer, alone: what it reads is current, and what it decides is committed whole or, if
    /// it is refused, not at all.
    fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Answer, Refusal>;
}
