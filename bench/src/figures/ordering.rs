//! How many orders are accepted, and how fast at 60 % of that.

use std::time::Duration;

use crate::{
    fallible::Fallible,
    house::{Hall, House, Person},
    load::{self, CONNECTIONS, Choice, Orders, Outcome, Schedule},
};

/// Connections are made, caches filled and the first show loaded before anything counts.
const WARM_UP: Duration = Duration::from_secs(2);
/// Latencies say nothing about a service that is always late: they are taken at this share of what it can do.
const SHARE: f64 = 0.6;
/// More than any machine of ours has accepted: shows are prepared for so many.
const ORDERS_PER_SECOND: u64 = 40_000;
const COLD_SHOWS: u64 = 1_000;

/// A house with people who order.
pub(crate) struct Ordering<'a> {
    pub(crate) house: House<'a>,
    pub(crate) orders: Orders<'a>,
    hall: Hall,
    choice: Choice,
}

impl<'a> Ordering<'a> {
    /// Nothing is on sale yet.
    pub(crate) fn new(house: House<'a>, people: &'a [Person], choice: Choice) -> Self {
        let hall = match choice {
            Choice::Hot => Hall::ARENA,
            Choice::Cold => Hall::THEATRE,
        };
        Self { house, orders: Orders::new(people, hall, choice, vec![]), hall, choice }
    }

    /// Puts enough shows on sale for so long a run.
    pub(crate) async fn prepare(&mut self, duration: Duration) -> Fallible<()> {
        let wanted = (WARM_UP * 2 + duration).as_secs() * ORDERS_PER_SECOND;
        let missing = match self.choice {
            Choice::Hot => wanted.saturating_sub(self.orders.left()).div_ceil(self.hall.pairs_sold()),
            // Once and for all: each order goes to another of them.
            Choice::Cold if self.orders.left() == 0 => COLD_SHOWS,
            Choice::Cold => 0,
        };
        let shows = self.house.publish(self.hall, missing).await?;
        self.orders.add(shows);
        Ok(())
    }

    /// As many orders as are accepted.
    pub(crate) async fn flood(&mut self, port: u16, duration: Duration) -> Fallible<Outcome> {
        self.send(port, || Schedule::flood(WARM_UP, duration)).await
    }

    /// At 60 % of a rate, for the latencies.
    pub(crate) async fn steady(&mut self, port: u16, capacity: f64, duration: Duration) -> Fallible<Outcome> {
        self.send(port, || Schedule::new(capacity * SHARE, WARM_UP, duration)).await
    }

    /// At a rate.
    pub(crate) async fn at(&mut self, port: u16, rate: f64, duration: Duration) -> Fallible<Outcome> {
        self.send(port, || Schedule::new(rate, WARM_UP, duration)).await
    }

    async fn send(&mut self, port: u16, schedule: impl FnOnce() -> Schedule) -> Fallible<Outcome> {
        let outcome = load::run(port, CONNECTIONS, schedule, &mut self.orders).await?;
        if self.orders.ran_out() {
            return Err("more orders were accepted than shows were prepared for".into());
        }
        match outcome.unexpected(&[]) {
            Some(odd) => Err(format!("not all orders were accepted: {odd}").into()),
            None if outcome.accepted_per_second < 1.0 => Err("no order was answered in time".into()),
            None => Ok(outcome),
        }
    }
}
