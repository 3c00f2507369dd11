//! `stagedoor audit ledger`: every position sums to zero, and whoever takes cards says the same as we do.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use event_store::{Clock, Position, SystemClock, events_at};
use projections::ledger::{self, Balance, Moved};
use providers::stripe::{Booked, Stripe};
use serde::Serialize;
use sqlx::{ConnectOptions, PgConnection};
use uuid::Uuid;

use crate::{failure::Failure, output, settings::Settings};

/// What was found.
#[derive(Serialize)]
struct Report {
    /// What is booked on each account.
    balances: Vec<Balance>,
    /// Positions that do not sum to zero; at most 100.
    unbalanced: Vec<Position>,
    /// Payments of which the provider says something else; absent where no provider could be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<Difference>>,
}

/// A payment of which the provider says something else.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Difference {
    payment_id: Uuid,
    /// Taken and given back, by our ledger, in minor units.
    ours: (i64, i64),
    /// The same by the provider's books.
    theirs: (i64, i64),
}

pub(super) async fn run(settings: &Settings, json: bool) -> Result<(), Failure> {
    let mut connection = settings.reader()?.connect().await?;
    // One snapshot for all of it, held for as long as three sums take.
    let mut snapshot = projections::moment(&mut connection).await?;
    let balances = ledger::balances(&mut snapshot).await?;
    let unbalanced = ledger::unbalanced(&mut snapshot).await?;
    let ours = ledger::moved_by_cards(&mut snapshot).await?;
    let since = first_time(&mut snapshot).await?;
    snapshot.rollback().await?;
    let differences = match (settings.money.stripe()?, since) {
        (Some(stripe), Some(since)) => Some(differences(ours, books(&stripe, since).await?)),
        (Some(_), None) => Some(vec![]),
        (None, _) => None,
    };
    let report = Report { balances, unbalanced, differences };
    print(&report, json)?;
    verdict(&report)
}

/// When the log begins.
async fn first_time(connection: &mut PgConnection) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    Ok(events_at(connection, &[1]).await?.first().map(|event| event.recorded_at))
}

async fn books(stripe: &Stripe, since: DateTime<Utc>) -> Result<Vec<Booked>, Failure> {
    let booked = stripe.books(since, SystemClock.now()).await;
    booked.map_err(|error| Failure::engine(error, "is STAGEDOOR_STRIPE_URL right, and is the provider up?"))
}

/// Both sides, payment by payment.
fn differences(ours: Vec<Moved>, theirs: Vec<Booked>) -> Vec<Difference> {
    let mut both: BTreeMap<Uuid, [(i64, i64); 2]> = BTreeMap::new();
    for moved in ours {
        both.entry(moved.payment_id).or_default()[0] = (moved.taken, moved.refunded);
    }
    for booked in theirs {
        both.entry(booked.payment.uuid()).or_default()[1] = (booked.taken, booked.refunded);
    }
    let different = both.into_iter().filter(|(_, [ours, theirs])| ours != theirs);
    different.map(|(payment_id, [ours, theirs])| Difference { payment_id, ours, theirs }).collect()
}

fn print(report: &Report, json: bool) -> Result<(), Failure> {
    if json {
        return output::json(report);
    }
    let rows = report
        .balances
        .iter()
        .map(|balance| vec![balance.account.clone(), balance.currency.clone(), balance.amount.to_string()]);
    output::table(&["account", "currency", "amount"], rows.collect())?;
    for difference in report.differences.iter().flatten() {
        let Difference { payment_id, ours, theirs } = difference;
        output::line(&format!(
            "{payment_id}: we took {} and gave back {}, the provider {} and {}",
            ours.0, ours.1, theirs.0, theirs.1
        ))?;
    }
    if report.differences.is_none() {
        output::note("Nobody takes cards here: the ledger was not compared with a provider's books.");
    }
    Ok(())
}

fn verdict(report: &Report) -> Result<(), Failure> {
    if let Some(first) = report.unbalanced.first() {
        return Err(Failure::Fault(format!("the ledger does not sum to zero at position {first}")));
    }
    match report.differences.as_ref().map_or(0, Vec::len) {
        0 => Ok(()),
        count => Err(Failure::Fault(format!(
            "of {count} payments the provider says something else; those under way may agree in a minute"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn moved(number: u128, taken: i64, refunded: i64) -> Moved {
        Moved { payment_id: payment(number), currency: "EUR".into(), taken, refunded }
    }

    fn booked(number: u128, taken: i64, refunded: i64) -> Booked {
        let (payment, currency) = (payment(number).into(), "eur".into());
        Booked { payment, reference: format!("pi_{number}"), taken, refunded, currency }
    }

    #[test]
    fn what_only_one_side_knows_or_knows_otherwise_is_a_difference() {
        let ours = vec![moved(1, 100, 0), moved(2, 100, 100), moved(3, 100, 0)];
        let theirs = vec![booked(1, 100, 0), booked(2, 100, 0), booked(4, 50, 0)];
        let expected = [
            Difference { payment_id: payment(2), ours: (100, 100), theirs: (100, 0) },
            Difference { payment_id: payment(3), ours: (100, 0), theirs: (0, 0) },
            Difference { payment_id: payment(4), ours: (0, 0), theirs: (50, 0) },
        ];
        assert_eq!(differences(ours, theirs), expected);
    }
}
