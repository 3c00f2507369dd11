//! Seats are wanted.

use domain::{OrderStatus, PaymentMethod, Refusal, SeatRef, ShowStatus};

use super::{Before, Follows, Number};
use crate::{scene::Wanted, support::customer, view::Money};

impl Before<'_> {
    pub(super) fn place(&self, number: Number, wish: usize) -> Follows {
        if self.order(number).status.is_some() {
            return Ok(self.as_it_is());
        }
        let seats = self.seats(number, wish)?;
        let total = self.scene.total(seats);
        let (pending, confirmed) = (OrderStatus::Pending, OrderStatus::Confirmed);
        match (total, self.scene.methods[number], self.view.accounts[number].balance) {
            (0, ..) => Ok(self.with(number, confirmed, Money::Taken)),
            (_, PaymentMethod::Manual | PaymentMethod::Card, _) => {
                Ok(self.with(number, pending, Money::Awaited))
            }
            (_, PaymentMethod::Wallet, Some(balance)) if balance >= total => {
                Ok(self.with(number, confirmed, Money::Taken).paying(self.scene, number, -total))
            }
            (_, PaymentMethod::Wallet, _) => Ok(self.with(number, OrderStatus::Failed, Money::Failed)),
        }
    }

    /// How many seats a wish comes to, if they can be had.
    fn seats(&self, number: Number, wish: usize) -> Result<usize, Refusal> {
        if self.view.show != Some(ShowStatus::OnSale) {
            return Err(Refusal::ShowNotOnSale);
        }
        let wanted = &self.scene.wishes[wish].wanted;
        let count = match wanted {
            Wanted::Seats(seats) => seats.len(),
            Wanted::Any(count) => *count as usize,
        };
        self.within_limit(number, count)?;
        let all = || self.view.holdings.iter().flat_map(|holding| holding.seats.iter());
        if let Wanted::Seats(numbers) = wanted {
            let had = |number: &u32| all().copied().find(|seat| is_number(*seat, *number));
            let seats: Vec<SeatRef> = numbers.iter().filter_map(had).collect();
            if !seats.is_empty() {
                return Err(Refusal::SeatsTaken { seats });
            }
        }
        match all().count() + count {
            0..=2 => Ok(count),
            _ => Err(Refusal::NotEnoughAvailable { available: u32::try_from(2 - all().count()).unwrap() }),
        }
    }

    pub(super) fn within_limit(&self, number: Number, count: usize) -> Result<(), Refusal> {
        let buyer = customer(self.scene.buyers[number]);
        let theirs = self.view.holdings.iter().filter(|holding| holding.customer == buyer);
        let has: usize = theirs.map(|holding| holding.seats.len()).sum();
        match self.scene.draft.max_per_customer {
            Some(limit) if has + count > limit as usize => Err(Refusal::CustomerLimit { limit }),
            Some(_) | None => Ok(()),
        }
    }
}

fn is_number(seat: SeatRef, number: u32) -> bool {
    seat.seat.is_some_and(|name| name.number == number)
}
