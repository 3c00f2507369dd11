//! `accounts`: every account as it stands, and what moved it.

mod query;
mod stored;

use chrono::{DateTime, Utc};
use domain::{AccountEvent, Category, Currency, DomainEvent, OrderId, PaymentId, StreamId, UserId};
use event_store::Position;
use sqlx::PgConnection;

pub use query::{AccountView, EntryView, entries, get, list};

use crate::{
    happened::Happened,
    read_model::{Misfit, ReadModel},
    sql,
};
use stored::Stored;

/// The read model.
#[derive(Debug)]
pub struct Accounts;

/// What moved an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// Money came from outside.
    Deposit,
    /// An order was paid for.
    Payment,
    /// An order was paid back.
    Refund,
}

impl EntryKind {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Payment => "payment",
            Self::Refund => "refund",
        }
    }
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event that moved it.
    pub position: Position,
    /// What moved it.
    pub kind: EntryKind,
    /// In minor units; what went out is negative.
    pub amount: i64,
    /// What there was after it.
    pub balance: i64,
    /// What was paid or paid back, and for what.
    pub paid: Option<(PaymentId, OrderId)>,
    /// When.
    pub at: DateTime<Utc>,
}

/// An account as it stands, with what moved it since the row was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Whose it is.
    pub customer: UserId,
    /// Of what.
    pub currency: Currency,
    /// How much there is, in minor units.
    pub balance: i64,
    /// The event that opened it.
    pub created_position: Position,
    /// When that was.
    pub created_at: DateTime<Utc>,
    /// What moved it since the row was loaded; older entries stay as they are.
    pub entries: Vec<Entry>,
}

impl ReadModel for Accounts {
    const NAME: &'static str = "accounts";
    const VERSION: i32 = 1;
    type Row = AccountRow;

    fn entity(stream: StreamId) -> Option<StreamId> {
        match stream.category() {
            Category::Account => Some(stream),
            Category::Show | Category::Inventory | Category::Order | Category::Payment | Category::Ticket => {
                None
            }
        }
    }

    fn fold(row: Option<AccountRow>, event: &Happened) -> Result<AccountRow, Misfit> {
        let DomainEvent::Account(_, what) = &event.event else { return Err(Misfit::not_concerned(event)) };
        if let AccountEvent::AccountOpened { user, currency } = what {
            return Ok(AccountRow::new(*user, *currency, event));
        }
        let row = row.ok_or_else(|| Misfit::no_row(event))?;
        match what {
            AccountEvent::AccountOpened { .. } => Ok(row),
            AccountEvent::FundsDeposited { amount, .. } => {
                row.moved(EntryKind::Deposit, *amount, None, event)
            }
            AccountEvent::FundsDebited { amount, payment, order, .. } => {
                row.moved(EntryKind::Payment, -amount, Some((*payment, *order)), event)
            }
            AccountEvent::FundsCredited { amount, payment, order, .. } => {
                row.moved(EntryKind::Refund, *amount, Some((*payment, *order)), event)
            }
        }
    }

    async fn load(
        connection: &mut PgConnection,
        entities: &[StreamId],
    ) -> Result<Vec<(StreamId, AccountRow)>, sqlx::Error> {
        let found: Vec<Stored> =
            sqlx::query_as(include_str!("load.sql")).bind(sql::uuids(entities)).fetch_all(connection).await?;
        found.into_iter().map(Stored::row).collect()
    }

    async fn save(connection: &mut PgConnection, rows: &[(StreamId, AccountRow)]) -> Result<(), sqlx::Error> {
        stored::save_accounts(connection, rows).await?;
        stored::save_entries(connection, rows).await
    }
}

impl AccountRow {
    fn new(customer: UserId, currency: Currency, event: &Happened) -> Self {
        let (created_position, created_at) = (event.position, event.at);
        Self { customer, currency, balance: 0, created_position, created_at, entries: vec![] }
    }

    fn moved(
        mut self,
        kind: EntryKind,
        amount: i64,
        paid: Option<(PaymentId, OrderId)>,
        event: &Happened,
    ) -> Result<Self, Misfit> {
        let balance = self.balance.checked_add(amount).filter(|balance| *balance >= 0);
        let (position, at) = (event.position, event.at);
        self.balance = balance.ok_or_else(|| Misfit(format!("event {position} leaves less than nothing")))?;
        self.entries.push(Entry { position, kind, amount, balance: self.balance, paid, at });
        Ok(self)
    }
}
