//! The rules again, in few lines and by other means than the domain's: what each thing that is asked leads to.

mod afterwards;
mod paying;
mod placing;

use std::cmp::Ordering;

use domain::{OrderStatus, Refusal, ShowStatus, TicketStatus};

use super::{
    ask::{Ask, Number, ORDERS},
    books::{Books, TICK},
    scene::Scene,
    view::{Money, OrderView, View},
};

/// What a state comes to, as far as it can be foretold without choosing seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Foretold {
    pub(crate) show: Option<ShowStatus>,
    pub(crate) orders: [Fate; 2],
    /// Of the order's buyer, who may have both.
    pub(crate) balances: [Option<i64>; 2],
}

/// An order, its money, and whether the holder of its first ticket is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) order: Option<OrderStatus>,
    pub(crate) money: Option<Money>,
    pub(crate) inside: bool,
}

impl From<&View> for Foretold {
    fn from(view: &View) -> Self {
        let fate = |number: Number| {
            let order = &view.orders[number];
            let inside = order.tickets.first().is_some_and(|(status, _)| *status == TicketStatus::CheckedIn);
            Fate { order: order.status, money: order.money, inside }
        };
        Self { show: view.show, orders: ORDERS.map(fate), balances: view.accounts.map(|of| of.balance) }
    }
}

/// What was so before, and the scene that it happens in.
pub(crate) struct Before<'a> {
    pub(crate) books: &'a Books,
    pub(crate) view: &'a View,
    pub(crate) scene: &'a Scene,
}

/// The state after it, which may be the one before; or why not.
type Follows = Result<Foretold, Refusal>;

impl Before<'_> {
    pub(crate) fn foretell(&self, ask: Ask) -> Follows {
        match ask {
            Ask::Place(number, wish, _) => self.place(number, wish),
            Ask::Approve(number) => self.by_hand(number, true),
            Ask::Reject(number) => self.by_hand(number, false),
            Ask::Cancel(number) => self.cancel(number),
            Ask::CancelByStranger(_)
            | Ask::RefundByCustomer(_)
            | Ask::CheckInByStranger(_)
            | Ask::DepositByStranger(_) => Err(Refusal::NotFound),
            Ask::Expire(number) => self.expire(number),
            Ask::Succeeds(number) => self.succeed(number),
            Ask::Fails(number) => self.fail(number),
            Ask::Refund(number) => self.refund(number),
            Ask::Complete(number) => self.complete(number),
            Ask::CheckIn(number) => self.check_in(number),
            Ask::Open(number) => self.account(number, |balance| match balance {
                None => Ok(0),
                Some(_) => Err(Refusal::AccountExists),
            }),
            Ask::Deposit(number) => {
                let more = self.scene.deposit();
                self.account(number, |balance| balance.map(|had| had + more).ok_or(Refusal::NotFound))
            }
            Ask::Close => self.show(&[ShowStatus::OnSale], ShowStatus::Closed),
            Ask::Publish => self.show(&[ShowStatus::Closed], ShowStatus::OnSale),
            Ask::CallOff => self.show(&[ShowStatus::OnSale, ShowStatus::Closed], ShowStatus::Cancelled),
            Ask::Unwind(limit) => self.unwind(limit),
            Ask::Wait => Ok(self.as_it_is()),
        }
    }

    fn cancel(&self, number: Number) -> Follows {
        match self.order(number).status.ok_or(Refusal::NotFound)? {
            OrderStatus::Pending => Ok(self.with(number, OrderStatus::Cancelled, Money::Cancelled)),
            current_status @ (OrderStatus::Confirmed
            | OrderStatus::Failed
            | OrderStatus::Cancelled
            | OrderStatus::Expired
            | OrderStatus::Refunded) => Err(Refusal::OrderNotPending { current_status }),
        }
    }

    fn expire(&self, number: Number) -> Follows {
        let order = self.order(number);
        if order.status.ok_or(Refusal::NotFound)? != OrderStatus::Pending {
            return Ok(self.as_it_is());
        }
        match order.left.cmp(&0) {
            Ordering::Greater => {
                let halves = i32::try_from(order.left).unwrap();
                Err(Refusal::HoldNotEnded { until: self.books.now + TICK * halves })
            }
            Ordering::Less | Ordering::Equal => Ok(self.with(number, OrderStatus::Expired, Money::Cancelled)),
        }
    }

    fn account(&self, number: Number, then: impl Fn(Option<i64>) -> Result<i64, Refusal>) -> Follows {
        let balance = then(self.view.accounts[number].balance)?;
        let mut after = self.as_it_is();
        for other in ORDERS.into_iter().filter(|other| self.scene.buyers[*other] == self.scene.buyers[number])
        {
            after.balances[other] = Some(balance);
        }
        Ok(after)
    }

    fn show(&self, from: &[ShowStatus], to: ShowStatus) -> Follows {
        let current_status = self.view.show.unwrap();
        if !from.contains(&current_status) {
            return Err(Refusal::ShowTransition { current_status });
        }
        Ok(Foretold { show: Some(to), ..self.as_it_is() })
    }

    fn order(&self, number: Number) -> &OrderView {
        &self.view.orders[number]
    }

    fn as_it_is(&self) -> Foretold {
        self.view.into()
    }

    /// As it is, but for one order. Whoever was inside with a ticket that is void now counts no more.
    fn with(&self, number: Number, order: OrderStatus, money: Money) -> Foretold {
        let mut after = self.as_it_is();
        after.orders[number] = Fate { order: Some(order), money: Some(money), inside: false };
        after
    }
}

impl Foretold {
    /// So much more in the account of the order's buyer.
    fn paying(mut self, scene: &Scene, number: Number, more: i64) -> Self {
        for other in ORDERS.into_iter().filter(|other| scene.buyers[*other] == scene.buyers[number]) {
            self.balances[other] = self.balances[other].map(|balance| balance + more);
        }
        self
    }
}
