//! Whoever read an order at a position saw no state older than that position.

use super::ledger::Ledger;
use crate::campaign::record::Seen;

pub(super) fn check(seen: &[Seen], ledger: &Ledger) {
    for read in seen {
        let statuses = ledger.statuses(&read.order);
        let known = statuses.iter().rposition(|(since, _)| *since <= read.position);
        // Rows may be ahead of the position they are read at, and never behind.
        let possible = &statuses[known.unwrap_or_default()..];
        let legal = known.is_some() && possible.iter().any(|(_, status)| *status == read.status);
        assert!(legal, "{read:?} but the log says {statuses:?}");
    }
}
