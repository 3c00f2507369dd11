//! Somebody says how the payment went.

use domain::{OrderStatus, PaymentMethod, Refusal, ShowStatus};

use super::{Before, Follows, Foretold, Number};
use crate::{ask::order, view::Money};

impl Before<'_> {
    pub(super) fn by_hand(&self, number: Number, came: bool) -> Follows {
        let order = self.order(number);
        let money = order.money.ok_or(Refusal::NotFound)?;
        if money != Money::Awaited {
            return Err(Refusal::PaymentNotPending { current_status: money.status() });
        }
        if self.scene.methods[number] != PaymentMethod::Manual {
            return Err(Refusal::PaymentMethodUnavailable);
        }
        match came {
            false => Ok(self.with(number, OrderStatus::Failed, Money::Failed)),
            true if order.left > 0 => Ok(self.with(number, OrderStatus::Confirmed, Money::Taken)),
            true => Err(Refusal::PaymentNotPending { current_status: Money::Cancelled.status() }),
        }
    }

    /// A wallet knows best itself whether it has paid.
    fn told(&self, number: Number) -> Result<Money, Refusal> {
        let money = self.order(number).money.ok_or(Refusal::NotFound)?;
        match self.scene.methods[number] {
            PaymentMethod::Manual | PaymentMethod::Card => Ok(money),
            PaymentMethod::Wallet => Err(Refusal::PaymentMethodUnavailable),
        }
    }

    pub(super) fn succeed(&self, number: Number) -> Follows {
        let order = self.order(number);
        match self.told(number)? {
            Money::Awaited if order.left > 0 => Ok(self.with(number, OrderStatus::Confirmed, Money::Taken)),
            Money::Awaited | Money::Cancelled | Money::Failed => Ok(self.too_late(number)),
            Money::Taken | Money::Returning | Money::Returned => Ok(self.as_it_is()),
        }
    }

    /// The same seats for an order whose hold has ended, if it can still have them; else the money goes back.
    fn too_late(&self, number: Number) -> Foretold {
        let before = self.order(number);
        let status = before.status.unwrap();
        let ended = if status == OrderStatus::Pending { OrderStatus::Expired } else { status };
        let others = || {
            let others = self.view.holdings.iter().filter(|holding| holding.order != order(number));
            others.flat_map(|holding| holding.seats.iter())
        };
        let named_are_free =
            before.seats.iter().all(|seat| seat.seat.is_none() || others().all(|other| other != seat));
        let fits = others().count() + before.seats.len() <= 2;
        let may = before.holding.is_some() || self.within_limit(number, before.seats.len()).is_ok();
        let takes_place = self.view.show != Some(ShowStatus::Cancelled);
        if ended == OrderStatus::Expired && named_are_free && fits && may && takes_place {
            return self.with(number, OrderStatus::Confirmed, Money::Taken);
        }
        self.with(number, ended, Money::Returning)
    }

    pub(super) fn fail(&self, number: Number) -> Follows {
        match self.told(number)? {
            Money::Awaited => Ok(self.with(number, OrderStatus::Failed, Money::Failed)),
            Money::Taken | Money::Failed | Money::Cancelled | Money::Returning | Money::Returned => {
                Ok(self.as_it_is())
            }
        }
    }
}
