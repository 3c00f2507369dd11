//! The words in which customers are told. They name nobody: they are kept beside the order.

use domain::{Money, OrderEvent, OrderLine, PlacedOrder, TicketCode};

use super::happened::Happened;

/// What a customer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// One line.
    pub(super) subject: String,
    /// Paragraphs with an empty line between them.
    pub(super) body: String,
}

impl Told {
    pub(super) fn of(happened: &Happened) -> Self {
        let Happened { placed, event, order, .. } = happened;
        let title = &placed.title;
        let (subject, news) = match event {
            OrderEvent::OrderConfirmed { tickets, .. } => {
                (format!("Your tickets for {title}"), confirmed(placed, tickets))
            }
            OrderEvent::OrderFailed { reason } => {
                (format!("Your order for {title} did not go through"), failed(placed, reason))
            }
            OrderEvent::OrderExpired {} => (format!("Your order for {title} has expired"), expired(placed)),
            OrderEvent::OrderRefunded {} => (format!("Your refund for {title}"), refunded(placed)),
            // Nobody is told of these.
            OrderEvent::OrderPlaced(_) | OrderEvent::OrderCancelled {} => (String::new(), String::new()),
        };
        Self { subject, body: format!("{news}\n\nYour order: {}", order.uuid()) }
    }
}

fn confirmed(placed: &PlacedOrder, codes: &[TicketCode]) -> String {
    let tickets: Vec<String> = placed.lines.iter().zip(codes).map(ticket).collect();
    format!(
        "Good news: your order is confirmed. We look forward to seeing you at {}.\n\n{}\n\n\
         Show these codes at the door. Each lets one person in.\n\nYou paid {}.",
        placed.title,
        tickets.join("\n"),
        Money::new(placed.total, placed.currency),
    )
}

fn ticket((line, code): (&OrderLine, &TicketCode)) -> String {
    match line.seat {
        Some(ref seat) => format!("{code}: {}, seat {seat}", line.section),
        None => format!("{code}: {}", line.section),
    }
}

fn failed(placed: &PlacedOrder, reason: &str) -> String {
    format!(
        "Sorry, the payment of {} for {} did not go through: {reason}\n\n\
         Your seats are free again. You are welcome to order once more.",
        Money::new(placed.total, placed.currency),
        placed.title,
    )
}

fn expired(placed: &PlacedOrder) -> String {
    format!(
        "Sorry, the payment of {} for {} did not arrive in time, so your seats are free again.\n\n\
         If the money is on its way, you get your seats if they are still to be had, and otherwise your money back.",
        Money::new(placed.total, placed.currency),
        placed.title,
    )
}

fn refunded(placed: &PlacedOrder) -> String {
    format!(
        "We have paid back {} for {}.\n\nThe tickets of this order are no longer valid.",
        Money::new(placed.total, placed.currency),
        placed.title,
    )
}

#[cfg(test)]
mod tests;
