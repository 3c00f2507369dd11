//! The checkers. They know the documented shape of log, tables, stream and API, and nothing of the code behind it.

mod acknowledged;
mod evidence;
mod ledger;
mod quiet;
mod sessions;
mod stream;

use std::time::Duration;

use ledger::Ledger;

use super::{clients::Crowd, office::Office, record::Record};

/// Follows a campaign, and remembers what it has checked already.
#[derive(Default)]
pub(crate) struct Checker {
    ledger: Ledger,
    pub(crate) checks: usize,
    /// Messages that NATS lost out of the middle of its stream.
    pub(crate) holes: usize,
    /// How often the operator had to reset the stream although no fault was going on.
    pub(crate) resets: usize,
    /// How long it took until all was quiet, the last time.
    pub(crate) recovery: Duration,
}

/// How large everything was in the end.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extent {
    pub(crate) events: i64,
    pub(crate) orders: usize,
    pub(crate) unacknowledged_but_done: usize,
}

impl Checker {
    /// Everything that is new since the last check. The office is quiet, and stays so. Panics at the first fault.
    pub(crate) async fn check(&mut self, office: &Office, crowd: &Crowd, record: &Record) -> Extent {
        let quiet = quiet::reach(office, crowd).await;
        let new = self.ledger.follow(&office.world).await;
        quiet.holds(&self.ledger);
        let done = acknowledged::check(record, &self.ledger);
        sessions::check(&record.take_seen(), &self.ledger);
        self.ledger.read_models_equal(&office.world, &new).await;
        self.holes += stream::equals(&office.world, &self.ledger, &new).await;
        evidence::holds(office, &self.ledger).await;
        (self.checks, self.recovery) = (self.checks + 1, quiet.after);
        self.resets += quiet.resets;
        let (events, orders) = (self.ledger.head(), self.ledger.orders());
        Extent { events, orders, unacknowledged_but_done: done }
    }

    /// Everything there is, once more.
    pub(crate) async fn check_all(&mut self, office: &Office, crowd: &Crowd, record: &Record) -> Extent {
        let extent = self.check(office, crowd, record).await;
        let mut afresh = Ledger::default();
        let all = afresh.follow(&office.world).await;
        assert_eq!(afresh.head(), self.ledger.head(), "the log was changed after it was read");
        assert!(afresh.last_hash() == self.ledger.last_hash(), "the log was changed after it was read");
        afresh.all_read_models_equal(&office.world).await;
        // So says the program, too.
        office.world.run(&["projections", "verify", "--all"]).await.code(0);
        self.holes = self.holes.max(stream::equals(&office.world, &afresh, &all).await);
        extent
    }
}
