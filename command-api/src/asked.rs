//! Who asks, and under which name the command is remembered.

use std::ops::Deref;

use edge::extract::{Caller, Command, Origin, Replacement};
use event_store::Context;
use uuid::Uuid;

/// A request that the sequencer is asked to carry out.
pub(crate) trait Asked {
    /// The context of its command.
    fn asked(&self) -> Context;
}

impl<T, R: Deref<Target = Caller>, P> Asked for Command<T, R, P> {
    /// A key belongs to its caller: the same key of somebody else is another command.
    fn asked(&self) -> Context {
        let user = self.caller.user_id.uuid();
        let command_id = Uuid::new_v5(&user, self.idempotency_key.as_str().as_bytes());
        context(user, command_id, Some(self.fingerprint.0), &self.origin)
    }
}

impl<T, R: Deref<Target = Caller>, P> Asked for Replacement<T, R, P> {
    /// `If-Match` sees to it that a repeated PUT changes nothing, so its answer need not be kept.
    fn asked(&self) -> Context {
        context(self.caller.user_id.uuid(), event_store::new_id(), None, &self.origin)
    }
}

fn context(user: Uuid, command_id: Uuid, fingerprint: Option<[u8; 32]>, origin: &Origin) -> Context {
    Context {
        command_id,
        fingerprint,
        actor: Some(user),
        correlation: origin.trace.correlation(),
        causation: None,
        traceparent: origin.traced.then(|| origin.trace.as_str().to_owned()),
    }
}
