//! `ledger`: where money is, in double entry.
//!
//! Every movement debits and credits the same amount, so all entries of a currency sum to zero at every position.
//! `clearing:<method>` is what has come by a way to pay and has not gone back; `customer:<id>` is what a customer has
//! here and is owed; `revenue` and `tax` are what sales brought; `refunds` is what of it went back.

mod query;
mod stored;

use domain::{
    AccountEvent, AccountId, Category, Currency, DomainEvent, PaymentEvent, PaymentMethod, PaymentRequest,
    StreamId,
};
use event_store::Position;
use sqlx::PgConnection;

pub use query::{Balance, Moved, balances, moved_by_cards, unbalanced};

use crate::{
    happened::Happened,
    read_model::{Misfit, ReadModel},
};

/// The read model.
#[derive(Debug)]
pub struct Ledger;

/// One side of a movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event that moved the money.
    pub position: Position,
    /// Its place among the entries of that event.
    pub line: i32,
    /// What it is booked on.
    pub account: String,
    /// Of what.
    pub currency: Currency,
    /// Debits are positive, credits negative, in minor units.
    pub amount: i64,
}

/// What a payment is for, as far as the ledger needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// How it is paid.
    pub method: PaymentMethod,
    /// Of what.
    pub currency: Currency,
    /// In minor units, tax included.
    pub amount: i64,
    /// How much of it is tax.
    pub tax: i64,
}

/// What the ledger knows of one payment or account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerRow {
    /// What was asked for, of a payment.
    pub asked: Option<Asked>,
    /// What moved since the row was loaded; older entries stay as they are.
    pub entries: Vec<Entry>,
}

impl ReadModel for Ledger {
    const NAME: &'static str = "ledger";
    const VERSION: i32 = 1;
    type Row = LedgerRow;

    fn entity(stream: StreamId) -> Option<StreamId> {
        match stream.category() {
            Category::Payment | Category::Account => Some(stream),
            Category::Show | Category::Inventory | Category::Order | Category::Ticket => None,
        }
    }

    fn fold(row: Option<LedgerRow>, event: &Happened) -> Result<LedgerRow, Misfit> {
        let row = row.unwrap_or_default();
        match &event.event {
            DomainEvent::Payment(_, what) => row.paid(what, event),
            DomainEvent::Account(account, what) => Ok(row.moved(*account, what, event.position)),
            DomainEvent::Show(..)
            | DomainEvent::Inventory(..)
            | DomainEvent::Order(..)
            | DomainEvent::Ticket(..) => Err(Misfit::not_concerned(event)),
        }
    }

    async fn load(
        connection: &mut PgConnection,
        entities: &[StreamId],
    ) -> Result<Vec<(StreamId, LedgerRow)>, sqlx::Error> {
        stored::load(connection, entities).await
    }

    async fn save(connection: &mut PgConnection, rows: &[(StreamId, LedgerRow)]) -> Result<(), sqlx::Error> {
        stored::save(connection, rows).await
    }
}

impl LedgerRow {
    fn paid(mut self, what: &PaymentEvent, event: &Happened) -> Result<Self, Misfit> {
        match what {
            PaymentEvent::PaymentRequested(request) => {
                self.asked = Some(Asked::of(request));
            }
            PaymentEvent::PaymentSucceeded { .. } => {
                let asked = self.asked.ok_or_else(|| Misfit::no_row(event))?;
                self.book(event.position, asked.currency, asked.sale("revenue"));
            }
            PaymentEvent::PaymentRefunded { .. } => {
                let asked = self.asked.ok_or_else(|| Misfit::no_row(event))?;
                let back = asked.sale("refunds").map(|(account, amount)| (account, -amount));
                self.book(event.position, asked.currency, back);
            }
            PaymentEvent::PaymentFailed { .. }
            | PaymentEvent::PaymentCancelled {}
            | PaymentEvent::PaymentRefundRequested { .. } => {}
        }
        Ok(self)
    }

    fn moved(mut self, account: AccountId, what: &AccountEvent, position: Position) -> Self {
        let (from, amount, currency) = match what {
            AccountEvent::AccountOpened { .. } => return self,
            AccountEvent::FundsDeposited { amount, currency } => ("clearing:deposits", *amount, *currency),
            AccountEvent::FundsDebited { amount, currency, .. } => ("clearing:wallet", -amount, *currency),
            AccountEvent::FundsCredited { amount, currency, .. } => ("clearing:wallet", *amount, *currency),
        };
        // More in an account is more that is owed.
        let customer = format!("customer:{account}");
        self.book(position, currency, [(from.to_owned(), amount), (customer, -amount), (String::new(), 0)]);
        self
    }

    fn book(&mut self, position: Position, currency: Currency, sides: [(String, i64); 3]) {
        let moved = sides.into_iter().filter(|(_, amount)| *amount != 0);
        for (line, (account, amount)) in (0..).zip(moved) {
            self.entries.push(Entry { position, line, account, currency, amount });
        }
    }
}

impl Asked {
    const fn of(request: &PaymentRequest) -> Self {
        let (method, currency) = (request.method, request.currency);
        Self { method, currency, amount: request.amount, tax: request.tax }
    }

    /// What a sale moves: the money is here, and it is revenue and tax. With `refunds` for revenue and every sign
    /// turned, what a refund moves.
    fn sale(self, revenue: &str) -> [(String, i64); 3] {
        let net = self.amount - self.tax;
        [
            (format!("clearing:{}", self.method), self.amount),
            (revenue.to_owned(), -net),
            ("tax".to_owned(), -self.tax),
        ]
    }
}
