//! Money goes back, a show is called off, somebody is at the door.

use domain::{OrderStatus, PaymentMethod, Refusal, ShowStatus, TicketStatus};

use super::{Before, Fate, Follows, Number, ORDERS};
use crate::view::Money;

impl Before<'_> {
    pub(super) fn refund(&self, number: Number) -> Follows {
        let order = self.order(number);
        let (current_status, money) = order.status.zip(order.money).ok_or(Refusal::NotFound)?;
        if (current_status, money) == (OrderStatus::Confirmed, Money::Taken) {
            return Ok(self.with(number, OrderStatus::Confirmed, Money::Returning));
        }
        let refund_requested = money == Money::Returning;
        Err(Refusal::OrderNotRefundable { current_status, refund_requested })
    }

    pub(super) fn complete(&self, number: Number) -> Follows {
        let order = self.order(number);
        let (status, money) = order.status.zip(order.money).ok_or(Refusal::NotFound)?;
        let back = match self.scene.methods[number] {
            PaymentMethod::Manual | PaymentMethod::Card => 0,
            PaymentMethod::Wallet => order.total,
        };
        let ended = if status == OrderStatus::Confirmed { OrderStatus::Refunded } else { status };
        match money {
            Money::Returning => {
                Ok(self.with(number, ended, Money::Returned).paying(self.scene, number, back))
            }
            Money::Returned => Ok(self.as_it_is()),
            Money::Awaited | Money::Taken | Money::Failed | Money::Cancelled => {
                Err(Refusal::PaymentNotPending { current_status: money.status() })
            }
        }
    }

    pub(super) fn check_in(&self, number: Number) -> Follows {
        match self.order(number).tickets.first().ok_or(Refusal::NotFound)?.0 {
            TicketStatus::Issued => {
                let mut after = self.as_it_is();
                after.orders[number].inside = true;
                Ok(after)
            }
            TicketStatus::CheckedIn => Err(Refusal::AlreadyCheckedIn),
            TicketStatus::Void => Err(Refusal::TicketVoid),
        }
    }

    /// The oldest orders that have seats come first.
    pub(super) fn unwind(&self, limit: usize) -> Follows {
        if self.view.show != Some(ShowStatus::Cancelled) {
            return Err(Refusal::NotFound);
        }
        let mut after = self.as_it_is();
        let have_seats = ORDERS.into_iter().filter(|number| self.order(*number).holding.is_some());
        for number in have_seats.take(limit) {
            let unpaid = self.order(number).status == Some(OrderStatus::Pending);
            let (order, money) = if unpaid {
                (OrderStatus::Cancelled, Money::Cancelled)
            } else {
                (OrderStatus::Confirmed, Money::Returning)
            };
            after.orders[number] = Fate { order: Some(order), money: Some(money), inside: false };
        }
        Ok(after)
    }
}
