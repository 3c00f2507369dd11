//! Folding one entity's events, and stopping at the first that does not fit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::StreamId;
use event_store::Position;

use crate::{
    batch::Group,
    happened::Happened,
    read_model::{Misfit, ReadModel},
};

/// An entity that can't go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Poisoned {
    /// The entity.
    pub(crate) entity: StreamId,
    /// The event that could not be applied.
    pub(crate) position: Position,
    /// Why.
    pub(crate) reason: String,
    /// That event and those behind it.
    pub(crate) behind: Vec<Position>,
}

/// What became of one entity.
#[derive(Debug)]
pub(crate) struct Folded<R> {
    /// The row after the events that fit; `None` if there is none or nothing changed.
    pub(crate) row: Option<R>,
    /// Set when an event did not fit.
    pub(crate) poisoned: Option<Poisoned>,
}

/// Applies an entity's events until one does not fit.
pub(crate) fn fold<M: ReadModel>(loaded: Option<&M::Row>, group: &Group) -> Folded<M::Row> {
    match run::<M>(loaded, &group.events) {
        Ok(row) => Folded { row, poisoned: None },
        Err((index, reason)) => {
            // The row went down with the event. What came before it fitted once and fits again: the fold is pure.
            let row = run::<M>(loaded, &group.events[..index]).ok().flatten();
            Folded { row, poisoned: Some(poisoned(group, index, reason)) }
        }
    }
}

/// The event at `index` and all behind it wait.
pub(crate) fn poisoned(group: &Group, index: usize, reason: String) -> Poisoned {
    let behind: Vec<Position> = group.events[index..].iter().map(|(position, _)| *position).collect();
    Poisoned { entity: group.entity, position: behind.first().copied().unwrap_or_default(), reason, behind }
}

type Events = [(Position, Result<Happened, String>)];

fn run<M: ReadModel>(loaded: Option<&M::Row>, events: &Events) -> Result<Option<M::Row>, (usize, String)> {
    let mut row = None;
    for (index, (_, event)) in events.iter().enumerate() {
        let event = event.as_ref().map_err(|reason| (index, reason.clone()))?;
        let before = row.take().or_else(|| if index == 0 { loaded.cloned() } else { None });
        row = Some(step::<M>(before, event).map_err(|misfit| (index, misfit.0))?);
    }
    Ok(row)
}

/// One step. A panic is a bug in the fold, but it must cost one entity, not the read model.
pub(crate) fn step<M: ReadModel>(row: Option<M::Row>, event: &Happened) -> Result<M::Row, Misfit> {
    catch_unwind(AssertUnwindSafe(|| M::fold(row, event))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(Misfit(format!("panicked: {text}")))
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::{DomainEvent, TicketCode, TicketEvent};
    use sqlx::PgConnection;

    use super::*;

    /// Counts, refuses to count to five, and panics at seven.
    struct Count;

    impl ReadModel for Count {
        const NAME: &'static str = "count";
        const VERSION: i32 = 1;
        type Row = Vec<Position>;

        fn entity(stream: StreamId) -> Option<StreamId> {
            Some(stream)
        }

        fn fold(row: Option<Self::Row>, event: &Happened) -> Result<Self::Row, Misfit> {
            assert_ne!(event.position, 7, "seven");
            let mut row = row.unwrap_or_default();
            row.push(event.position);
            if event.position == 5 { Err(Misfit("five".to_owned())) } else { Ok(row) }
        }

        async fn load(
            _: &mut PgConnection,
            _: &[StreamId],
        ) -> Result<Vec<(StreamId, Self::Row)>, sqlx::Error> {
            Ok(vec![])
        }

        async fn save(_: &mut PgConnection, _: &[(StreamId, Self::Row)]) -> Result<(), sqlx::Error> {
            Ok(())
        }
    }

    fn events(positions: impl Iterator<Item = Position>) -> Group {
        let code = TicketCode::from_bits(1);
        let happened = |position| Happened {
            position,
            version: position,
            at: DateTime::UNIX_EPOCH,
            event: DomainEvent::Ticket(code, TicketEvent::TicketVoided {}),
        };
        let events = positions.map(|position| (position, Ok(happened(position)))).collect();
        Group { entity: StreamId::ticket(code), events }
    }

    #[test]
    fn the_row_goes_on_from_where_it_was() {
        let folded = fold::<Count>(Some(&vec![1, 2]), &events(3..5));
        assert_eq!((folded.row, folded.poisoned), (Some(vec![1, 2, 3, 4]), None));
    }

    #[test]
    fn what_came_before_a_misfit_stays_and_what_comes_after_waits() {
        let folded = fold::<Count>(Some(&vec![1, 2]), &events(3..7));
        assert_eq!(folded.row, Some(vec![1, 2, 3, 4]));
        let poisoned = folded.poisoned.unwrap();
        assert_eq!((poisoned.position, poisoned.behind, poisoned.reason.as_str()), (5, vec![5, 6], "five"));
    }

    #[test]
    fn a_panic_is_a_misfit() {
        let folded = fold::<Count>(None, &events(6..9));
        assert_eq!(folded.row, Some(vec![6]));
        let poisoned = folded.poisoned.unwrap();
        assert_eq!((poisoned.position, poisoned.behind), (7, vec![7, 8]));
        assert!(poisoned.reason.starts_with("panicked: "), "{}", poisoned.reason);
    }

    #[test]
    fn an_entity_whose_first_event_does_not_fit_is_not_touched() {
        let folded = fold::<Count>(Some(&vec![1]), &events(5..6));
        assert_eq!(folded.row, None);
        assert!(folded.poisoned.is_some());
    }
}
