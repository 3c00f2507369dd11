//! Long logs, made by the program's own sequencer.

use domain::{OrderItem, PaymentMethod, ShowId, Wanted, operations::PlaceOrder};
use event_store::{Command, Context, ExecuteError, new_id};
use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::{Hall, House, Person, shows::context};
use crate::{fallible::Fallible, say};

/// Enough that every batch is full.
const IN_FLIGHT: usize = 1_024;
const EVENTS_AN_ORDER: i64 = 3;

/// Orders at one show, up to this pair of seats.
struct Sold {
    show: ShowId,
    pairs: u64,
}

impl House<'_> {
    /// Sells until the log has so many events, with the keys of commands remembered as those of requests are.
    pub(crate) async fn grow(&self, events: i64) -> Fallible<()> {
        let missing = (events - self.head().await?).max(0) / EVENTS_AN_ORDER;
        say::note(&format!("{}: growing to {events} events", self.name()));
        let mut left = u64::try_from(missing)?;
        let shows = self.publish(Hall::ARENA, left.div_ceil(Hall::ARENA.pairs_sold())).await?;
        let sold = shows.into_iter().map(|show| {
            let pairs = left.min(Hall::ARENA.pairs_sold());
            left -= pairs;
            Sold { show, pairs }
        });
        let (sequencer, task) = self.sequencer()?;
        for Sold { show, pairs } in sold {
            let place = async |pair: u64| {
                let person =
                    &self.site().people()[usize::try_from(pair).unwrap_or(0) % self.site().people().len()];
                sequencer.execute(order(person, show, pair)).await.map(drop)
            };
            let placed = stream::iter(0..pairs).map(place).buffer_unordered(IN_FLIGHT);
            placed.try_collect::<()>().await.map_err(|error: ExecuteError| error)?;
        }
        drop(sequencer);
        task.await?;
        Ok(())
    }
}

/// A pair of seats for somebody.
pub(crate) fn order(person: &Person, show: ShowId, pair: u64) -> Command<PlaceOrder> {
    let (section, row, seat) = Hall::ARENA.pair(pair);
    let wanted = Wanted::Seats(vec![format!("{row}-{seat}"), format!("{row}-{}", seat + 1)]);
    let operation = PlaceOrder {
        order: new_id().into(),
        payment: new_id().into(),
        customer: person.user_id,
        show,
        method: PaymentMethod::Manual,
        takes_cards: false,
        items: vec![OrderItem { section: Some(section.to_string()), wanted }],
    };
    // A key's id is as good as random.
    let context =
        Context { command_id: Uuid::new_v4(), fingerprint: Some([7; 32]), ..context(person.user_id) };
    Command { operation, context }
}
