//! Holds end by themselves: an order that is not paid when its hold ends expires, and its seats are free again.

use domain::{Category, DomainEvent, OrderEvent, OrderId, Refusal, operations::ExpireHold};
use event_store::{Command, ExecuteError, RecordedEvent, Sequencer};
use faultpoint::{Sabotage, sabotaged};

use crate::process::{Performed, Process, Reaction, Step, command_context};

const EXPIRE: &str = "expire";

/// The process that ends holds.
#[derive(Debug, Clone, Copy)]
pub struct HoldExpiry;

impl Process for HoldExpiry {
    const NAME: &'static str = "hold-expiry";
    /// A busy show's holds end by the ten thousand in one second.
    const IN_LINE: usize = 3 * Self::AT_ONCE;

    type Context = Sequencer;

    fn concerns(category: Category) -> bool {
        match category {
            Category::Order => true,
            Category::Show
            | Category::Inventory
            | Category::Payment
            | Category::Ticket
            | Category::Account => false,
        }
    }

    fn react(event: &DomainEvent, _record: &RecordedEvent) -> Vec<Reaction> {
        match event {
            DomainEvent::Order(order, event) => react_to(*order, event),
            DomainEvent::Show(..)
            | DomainEvent::Inventory(..)
            | DomainEvent::Payment(..)
            | DomainEvent::Ticket(..)
            | DomainEvent::Account(..) => vec![],
        }
    }

    async fn perform(sequencer: &Sequencer, step: &Step) -> Performed {
        let command = Command {
            operation: ExpireHold { order: OrderId::from(step.target) },
            context: command_context(Self::NAME, step),
        };
        match sequencer.execute(command).await {
            Ok(_) => Performed::Done,
            Err(ExecuteError::Refused(Refusal::HoldNotEnded { until })) => Performed::NotBefore(until),
            Err(ExecuteError::QueueFull | ExecuteError::Unavailable) => Performed::Unavailable,
            Err(error @ (ExecuteError::Refused(_) | ExecuteError::KeyReused | ExecuteError::Defect(_))) => {
                Performed::Failed(error.to_string())
            }
        }
    }
}

fn react_to(order: OrderId, event: &OrderEvent) -> Vec<Reaction> {
    let target = order.uuid();
    match event {
        OrderEvent::OrderPlaced(_) if sabotaged(Sabotage::HoldsNeverEnd) => vec![],
        OrderEvent::OrderPlaced(placed) => {
            vec![Reaction::Schedule { target, step: EXPIRE, due_at: placed.held_until }]
        }
        OrderEvent::OrderConfirmed { .. }
        | OrderEvent::OrderFailed { .. }
        | OrderEvent::OrderCancelled { .. }
        | OrderEvent::OrderExpired { .. }
        | OrderEvent::OrderRefunded { .. } => vec![Reaction::Drop { target, step: EXPIRE }],
    }
}
