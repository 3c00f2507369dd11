//! Shows that are prepared before anything is timed.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{
    Currency, RowDraft, Seating, SectionDraft, ShowDraft, ShowId,
    operations::{PublishShow, ScheduleShow},
};
use event_store::{Clock, Command, Context, Sequencer, SequencerOptions, SharedClock, SystemClock, new_id};

use super::House;
use crate::fallible::Fallible;

/// Long enough that no hold ends while it is measured.
const HOLD_SECONDS: u32 = 86_400;

/// A hall of numbered seats; all its sections are alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hall {
    sections: u32,
    rows: u32,
    seats: u32,
}

impl Hall {
    /// As large as a show may be: 100,000 seats.
    pub(crate) const ARENA: Self = Self { sections: 20, rows: 50, seats: 100 };
    /// 5,000 seats.
    pub(crate) const THEATRE: Self = Self { sections: 5, rows: 20, seats: 50 };

    /// How many pairs of neighbours it has.
    pub(crate) fn pairs(self) -> u64 {
        u64::from(self.sections) * u64::from(self.rows) * u64::from(self.seats / 2)
    }

    /// How many of them are sold before the next show takes over: 90 %.
    pub(crate) fn pairs_sold(self) -> u64 {
        self.pairs() * 9 / 10
    }

    /// Section, row and the first seat's number of a pair.
    pub(crate) fn pair(self, number: u64) -> (u64, u64, u64) {
        let in_row = u64::from(self.seats / 2);
        let (row, pair) = (number / in_row, number % in_row);
        let (section, row) = (row / u64::from(self.rows), row % u64::from(self.rows));
        (section + 1, row + 1, pair * 2 + 1)
    }

    fn draft(self, hold_seconds: u32) -> ShowDraft {
        let rows =
            |_| (1..=self.rows).map(|row| RowDraft { row: row.to_string(), seats: self.seats }).collect();
        let section = |number: u32| SectionDraft {
            code: number.to_string(),
            name: format!("Section {number}"),
            price: 5_000,
            seating: Seating::Rows(rows(number)),
        };
        ShowDraft {
            title: "Twelfth Night".into(),
            venue: "Arena".into(),
            starts_at: SystemClock.now() + TimeDelta::days(90),
            time_zone: "Europe/Berlin".into(),
            currency: Currency::EUR,
            tax_basis_points: 700,
            hold_seconds,
            sales_start_at: None,
            sales_end_at: None,
            max_per_customer: None,
            sections: (1..=self.sections).map(section).collect(),
        }
    }
}

impl House<'_> {
    /// Puts so many shows on sale.
    pub(crate) async fn publish(&self, hall: Hall, count: u64) -> Fallible<Vec<ShowId>> {
        self.publish_with(hall, count, HOLD_SECONDS).await
    }

    /// The same, with holds that end.
    pub(crate) async fn publish_with(
        &self,
        hall: Hall,
        count: u64,
        hold_seconds: u32,
    ) -> Fallible<Vec<ShowId>> {
        let (sequencer, task) = self.sequencer()?;
        let organizer = self.site().people()[0].user_id;
        let publish = async |_| {
            let show = ShowId::from(new_id());
            let schedule = ScheduleShow { show, organizer, draft: hall.draft(hold_seconds) };
            sequencer.execute(Command { operation: schedule, context: context(organizer) }).await?;
            let publish = PublishShow { show, organizer };
            sequencer.execute(Command { operation: publish, context: context(organizer) }).await?;
            Ok::<_, event_store::ExecuteError>(show)
        };
        let shows = futures::future::try_join_all((0..count).map(publish)).await?;
        drop(sequencer);
        task.await?;
        Ok(shows)
    }

    /// The program's own sequencer, in this process: nothing makes a long log faster.
    pub(crate) fn sequencer(&self) -> Fallible<(Sequencer, tokio::task::JoinHandle<()>)> {
        self.sequencer_by(Arc::new(SystemClock))
    }

    /// The same, by another clock.
    pub(crate) fn sequencer_by(
        &self,
        clock: SharedClock,
    ) -> Fallible<(Sequencer, tokio::task::JoinHandle<()>)> {
        Ok(Sequencer::start(SequencerOptions::new(self.writer()?, clock)))
    }
}

/// A command of somebody's that is not remembered.
pub(crate) fn context(actor: domain::UserId) -> Context {
    Context {
        command_id: new_id(),
        fingerprint: None,
        actor: Some(actor.uuid()),
        correlation: new_id(),
        causation: None,
        traceparent: None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_pair_of_a_hall_is_another_and_lies_in_it() {
        let hall = Hall::THEATRE;
        let pairs: HashSet<_> = (0..hall.pairs()).map(|number| hall.pair(number)).collect();
        assert_eq!(pairs.len() * 2, 5_000);
        assert!(pairs.iter().all(|&(section, row, seat)| section <= 5 && row <= 20 && seat < 50));
    }

    #[test]
    fn halls_are_sound() {
        assert!(
            [Hall::ARENA, Hall::THEATRE].iter().all(|hall| hall.draft(HOLD_SECONDS).problems().is_empty())
        );
    }
}
