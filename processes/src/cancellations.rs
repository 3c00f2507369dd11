//! A show that does not take place: its orders are settled, some at a time, until none is left.

use chrono::TimeDelta;
use domain::{Category, DomainEvent, ShowEvent, ShowId, operations::UnwindShow};
use event_store::{Command, RecordedEvent, Sequencer, SharedClock};
use faultpoint::{Sabotage, sabotaged};

use crate::{
    money::performed,
    process::{Performed, Process, Reaction, Step, command_context},
};

const UNWIND: &str = "unwind";
/// Orders settled by one command: it holds up everybody else for some milliseconds.
const AT_ONCE: usize = 100;
/// How long orders are left alone that another program is busy with.
const PAUSE: TimeDelta = TimeDelta::seconds(1);

/// What shows are unwound with.
#[derive(Clone)]
pub struct Unwinding {
    /// Carries out the commands.
    pub sequencer: Sequencer,
    /// Where the time comes from.
    pub clock: SharedClock,
}

/// The process that settles the orders of cancelled shows.
#[derive(Debug, Clone, Copy)]
pub struct Cancellations;

impl Process for Cancellations {
    const NAME: &'static str = "cancellations";

    type Context = Unwinding;

    fn concerns(category: Category) -> bool {
        match category {
            Category::Show => true,
            Category::Inventory
            | Category::Order
            | Category::Payment
            | Category::Ticket
            | Category::Account => false,
        }
    }

    fn react(event: &DomainEvent, record: &RecordedEvent) -> Vec<Reaction> {
        let DomainEvent::Show(show, event) = event else { return vec![] };
        match event {
            ShowEvent::ShowCancelled {} => {
                let (target, due_at) = (show.uuid(), record.recorded_at);
                vec![Reaction::Schedule { target, step: UNWIND, due_at }]
            }
            ShowEvent::ShowScheduled { .. }
            | ShowEvent::ShowRevised { .. }
            | ShowEvent::ShowPublished {}
            | ShowEvent::ShowClosed {} => vec![],
        }
    }

    async fn perform(context: &Unwinding, step: &Step) -> Performed {
        let operation = UnwindShow { show: ShowId::from(step.target), limit: AT_ONCE };
        let command = Command { operation, context: command_context(Self::NAME, step) };
        match context.sequencer.execute(command).await {
            Ok(unwound) if unwound.answer.remaining == 0 || sabotaged(Sabotage::UnwindOnce) => {
                Performed::Done
            }
            Ok(unwound) => {
                let (settled, remaining) = (unwound.answer.settled, unwound.answer.remaining);
                tracing::info!(show = %step.target, settled, remaining, "orders of a cancelled show are settled");
                let pause = if settled > 0 { TimeDelta::zero() } else { PAUSE };
                let progress = format!("{remaining} orders are left");
                Performed::Partly { progress, next: context.clock.now() + pause }
            }
            Err(error) => performed(Err(error)),
        }
    }
}
