//! A unit of work: what one operation has decided so far, unseen by anyone else.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use crate::{Aggregate, Refusal, StreamId, TicketCode, Versioned, event::encode, operation::States};

/// The largest payload an event may have, in bytes. With its metadata it then stays below 256 KiB.
pub const MAX_EVENT_BYTES: usize = 252 * 1024;

/// An event that has been decided and awaits its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its place in that stream, from 1.
    pub version: u64,
    /// Its type, such as `OrderPlaced`.
    pub event_type: String,
    /// The shape of its payload.
    pub schema: u16,
    /// Its payload, a JSON object.
    pub data: String,
}

/// What an operation decided.
#[derive(Debug)]
pub struct Decided {
    /// The events, in order.
    pub events: Vec<NewEvent>,
    /// The states they lead to, and those that were only looked at.
    pub states: Vec<(StreamId, Versioned)>,
    /// What the events belong to, if the operation said so.
    pub correlation: Option<Uuid>,
}

/// Reads current state, collects events; nothing of it is seen outside until the operation has succeeded.
pub struct UnitOfWork<'a> {
    base: &'a dyn States,
    /// A handful of streams: a list is quicker than a map.
    touched: Vec<(StreamId, Versioned)>,
    events: Vec<NewEvent>,
    correlation: Option<Uuid>,
    now: DateTime<Utc>,
    random: &'a mut dyn FnMut() -> u128,
}

impl<'a> UnitOfWork<'a> {
    /// Starts from the states in `base`. `now` is the time of every event decided; `random` yields 128 random bits.
    pub fn new(base: &'a dyn States, now: DateTime<Utc>, random: &'a mut dyn FnMut() -> u128) -> Self {
        // The log and its readers keep microseconds; a decision must not rest on more than they can see.
        let now = now.trunc_subsecs(6);
        Self { base, touched: Vec::new(), events: Vec::new(), correlation: None, now, random }
    }

    /// The time of this decision. Never earlier than that of any event in the log.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Says what the events belong to: everything around an order shares the order's id.
    pub fn correlate(&mut self, id: Uuid) {
        self.correlation = Some(id);
    }

    /// A ticket code nobody can guess.
    pub fn ticket_code(&mut self) -> TicketCode {
        TicketCode::from_bits((self.random)())
    }

    /// An aggregate as it stands, this operation's own decisions included.
    ///
    /// # Errors
    /// [`Refusal::StreamNotLoaded`] if the operation did not name the stream.
    pub fn state<A: Aggregate>(&self, id: A::Id) -> Result<&A, Refusal> {
        let stream = A::stream(id);
        A::from_state(&self.versioned(stream)?.state).ok_or(Refusal::StreamNotLoaded(stream))
    }

    /// The version of an aggregate's stream, this operation's own decisions included; 0 before any.
    ///
    /// # Errors
    /// [`Refusal::StreamNotLoaded`] if the operation did not name the stream.
    pub fn version<A: Aggregate>(&self, id: A::Id) -> Result<u64, Refusal> {
        Ok(self.versioned(A::stream(id))?.version)
    }

    /// Has an existing aggregate decide, and applies what follows.
    ///
    /// # Errors
    /// The aggregate's own refusal; [`Refusal::StreamNotLoaded`]; [`Refusal::EventTooLarge`].
    pub fn decide<A>(&mut self, id: A::Id, command: A::Command<'_>) -> Result<(), Refusal>
    where
        A: Aggregate,
        Refusal: From<A::Refusal>,
    {
        let stream = A::stream(id);
        let index = self.touch(stream).ok_or(Refusal::StreamNotLoaded(stream))?;
        self.decide_at::<A>(index, command)
    }

    /// Has an aggregate decide that does not exist yet and whose id was made for this operation.
    ///
    /// # Errors
    /// The aggregate's own refusal; [`Refusal::EventTooLarge`].
    pub fn create<A>(&mut self, id: A::Id, command: A::Command<'_>) -> Result<(), Refusal>
    where
        A: Aggregate,
        Refusal: From<A::Refusal>,
    {
        let stream = A::stream(id);
        let index = self.touch(stream).unwrap_or_else(|| {
            self.touched.push((stream, Versioned::empty(stream.category())));
            self.touched.len() - 1
        });
        self.decide_at::<A>(index, command)
    }

    /// What was decided.
    #[must_use]
    pub fn finish(self) -> Decided {
        Decided { events: self.events, states: self.touched, correlation: self.correlation }
    }

    fn versioned(&self, stream: StreamId) -> Result<&Versioned, Refusal> {
        let touched =
            self.touched.iter().find(|(touched, _)| *touched == stream).map(|(_, versioned)| versioned);
        touched.or_else(|| self.base.get(stream)).ok_or(Refusal::StreamNotLoaded(stream))
    }

    fn touch(&mut self, stream: StreamId) -> Option<usize> {
        if let Some(index) = self.touched.iter().position(|(touched, _)| *touched == stream) {
            return Some(index);
        }
        let versioned = self.base.get(stream)?.clone();
        self.touched.push((stream, versioned));
        Some(self.touched.len() - 1)
    }

    fn decide_at<A>(&mut self, index: usize, command: A::Command<'_>) -> Result<(), Refusal>
    where
        A: Aggregate,
        Refusal: From<A::Refusal>,
    {
        let (stream, versioned) = &mut self.touched[index];
        let state = A::from_state_mut(&mut versioned.state).ok_or(Refusal::StreamNotLoaded(*stream))?;
        state.prepare(&command);
        for event in state.decide(command)? {
            let encoded = encode(&event).map_err(|_| Refusal::EventTooLarge)?;
            if encoded.data.len() > MAX_EVENT_BYTES {
                return Err(Refusal::EventTooLarge);
            }
            state.evolve(&event);
            versioned.version += 1;
            self.events.push(NewEvent {
                stream: *stream,
                version: versioned.version,
                event_type: encoded.event_type,
                schema: encoded.schema,
                data: encoded.data,
            });
        }
        Ok(())
    }
}
