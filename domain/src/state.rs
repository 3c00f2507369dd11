//! Aggregates as the sequencer keeps them: whatever the category, behind one type.

use serde::{Deserialize, Serialize};

use crate::{
    AccountId, Category, Decider, DecodeError, Event, OrderId, PaymentId, ShowId, StoredEvent, StreamId,
    TicketCode, account::Account, inventory::Inventory, order::Order, payment::Payment, show::Show,
    ticket::Ticket,
};

/// A decider that owns the streams of one category.
///
/// Clones must be cheap: every operation decides on a clone, which is thrown away when it is refused.
pub trait Aggregate: Decider<Event: Event> + Clone + Send + Sync + 'static {
    /// What names one of them.
    type Id: Copy;

    /// The stream that holds its history.
    fn stream(id: Self::Id) -> StreamId;
    /// Itself, if `state` is of this category.
    fn from_state(state: &State) -> Option<&Self>;
    /// Itself, to be changed, if `state` is of this category.
    fn from_state_mut(state: &mut State) -> Option<&mut Self>;
    /// Roughly the bytes it occupies, so that caches can be bounded.
    fn weight(&self) -> usize;
}

/// An aggregate's state and how many events made it.
#[derive(Debug, Clone)]
pub struct Versioned {
    /// The version of the last event applied; 0 before any.
    pub version: u64,
    /// What those events come to.
    pub state: State,
}

impl Versioned {
    /// A stream nothing has happened in.
    #[must_use]
    pub fn empty(category: Category) -> Self {
        Self { version: 0, state: State::empty(category) }
    }
}

macro_rules! states {
    ($($category:ident: $aggregate:ty, $id:ty, $stream:path;)*) => {
        /// The state of any aggregate. As a snapshot it is stored in this serialised form.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub enum State {
            $(#[doc = concat!("A stream of category ", stringify!($category), ".")] $category($aggregate),)*
        }

        impl State {
            /// The state before anything happened.
            #[must_use]
            pub fn empty(category: Category) -> Self {
                match category {
                    $(Category::$category => Self::$category(<$aggregate>::default()),)*
                }
            }

            /// Applies a stored event.
            ///
            /// # Errors
            /// The event is not one this program can read; the state is unchanged.
            pub fn evolve(&mut self, event: StoredEvent<'_>) -> Result<(), DecodeError> {
                match self {
                    $(Self::$category(state) => state.evolve(&event.decode()?),)*
                }
                Ok(())
            }

            /// Roughly the bytes it occupies.
            #[must_use]
            pub fn weight(&self) -> usize {
                match self {
                    $(Self::$category(state) => Aggregate::weight(state),)*
                }
            }

            /// Changes whenever the serialised form of this category's state does; snapshots of another are ignored.
            #[must_use]
            pub const fn snapshot_schema(category: Category) -> i16 {
                match category {
                    $(Category::$category => <$aggregate>::SNAPSHOT_SCHEMA,)*
                }
            }
        }

        $(impl Aggregate for $aggregate {
            type Id = $id;

            fn stream(id: $id) -> StreamId {
                $stream(id)
            }

            fn from_state(state: &State) -> Option<&Self> {
                if let State::$category(state) = state { Some(state) } else { None }
            }

            fn from_state_mut(state: &mut State) -> Option<&mut Self> {
                if let State::$category(state) = state { Some(state) } else { None }
            }

            fn weight(&self) -> usize {
                <$aggregate>::approximate_bytes(self)
            }
        })*
    };
}

states! {
    Show: Show, ShowId, StreamId::show;
    Inventory: Inventory, ShowId, StreamId::inventory;
    Order: Order, OrderId, StreamId::order;
    Payment: Payment, PaymentId, StreamId::payment;
    Ticket: Ticket, TicketCode, StreamId::ticket;
    Account: Account, AccountId, StreamId::account;
}
