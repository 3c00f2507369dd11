//! The ledger as it was: what was booked, summed up as the live query does.

use std::collections::BTreeMap;

use domain::StreamId;
use event_store::Position;
use sqlx::PgConnection;

use super::{Halted, Shown, Then, folded::fold};
use crate::ledger::{Balance, Entry, Ledger};

/// Customers' accounts together; there may be many.
const CUSTOMERS: &str = "customers";

/// What is booked on each account.
#[derive(Debug, Default)]
pub(super) struct Sums {
    sums: BTreeMap<(String, &'static str), i64>,
    halted: Vec<Halted>,
}

impl Sums {
    /// Books what some payments and accounts came to.
    pub(super) async fn add(
        &mut self,
        connection: &mut PgConnection,
        entities: &[StreamId],
        until: Position,
    ) -> Result<(), sqlx::Error> {
        let sums = &mut self.sums;
        let folded = fold::<Ledger>(connection, entities, until, |row| {
            row.entries.drain(..).for_each(|entry| book(sums, entry));
        });
        self.halted.extend(folded.await?.halted.into_values());
        Ok(())
    }

    pub(super) fn told(self) -> impl Iterator<Item = Then> {
        let balance = |((account, currency), amount): ((String, &str), i64)| {
            Then::Was(Shown::Balance(Balance { account, currency: currency.to_owned(), amount }))
        };
        self.halted.into_iter().map(Then::Halted).chain(self.sums.into_iter().map(balance))
    }
}

fn book(sums: &mut BTreeMap<(String, &'static str), i64>, entry: Entry) {
    let customer = entry.account.starts_with("customer:");
    let account = if customer { CUSTOMERS.to_owned() } else { entry.account };
    let sum = sums.entry((account, entry.currency.code())).or_default();
    *sum = sum.saturating_add(entry.amount);
}

/// Some payments and accounts together.
pub(super) async fn page(
    connection: &mut PgConnection,
    entities: &[StreamId],
    until: Position,
) -> Result<Vec<Then>, sqlx::Error> {
    let mut sums = Sums::default();
    sums.add(connection, entities, until).await?;
    Ok(sums.told().collect())
}
