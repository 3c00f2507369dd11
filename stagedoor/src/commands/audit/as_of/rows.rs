//! Read models for people: a line an entity, or one entity in full.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{Currency, Money};
use projections::{Model, as_of::Shown};
use serde_json::Value;

use crate::{failure::Failure, output};

/// A table of which nobody knows how long it will be: its columns are as wide as they were made.
pub(super) struct Lines {
    headings: Option<&'static [(&'static str, usize)]>,
}

const SHOWS: &[(&str, usize)] = &[("show", 36), ("status", 9), ("version", 7), ("starts", 20), ("title", 0)];
const INVENTORY: &[(&str, usize)] =
    &[("show", 36), ("capacity", 8), ("held", 8), ("sold", 8), ("available", 9), ("numbered taken", 0)];
const ORDERS: &[(&str, usize)] = &[
    ("order", 36),
    ("status", 9),
    ("payment", 9),
    ("seats", 5),
    ("tickets", 7),
    ("total", 14),
    ("customer", 0),
];
const PAYMENTS: &[(&str, usize)] =
    &[("payment", 36), ("method", 6), ("status", 9), ("amount", 14), ("refund", 9), ("order", 0)];
const ACCOUNTS: &[(&str, usize)] = &[("account", 36), ("balance", 0)];
const LEDGER: &[(&str, usize)] = &[("account", 20), ("amount", 0)];

impl Lines {
    pub(super) const fn new(model: Model) -> Self {
        let headings = match model {
            Model::Shows => SHOWS,
            Model::Inventory => INVENTORY,
            Model::Orders => ORDERS,
            Model::Payments => PAYMENTS,
            Model::Accounts => ACCOUNTS,
            Model::Ledger => LEDGER,
        };
        Self { headings: Some(headings) }
    }

    pub(super) fn print(&mut self, shown: &Shown) -> Result<(), Failure> {
        let columns = columns(shown);
        if let Some(headings) = self.headings.take() {
            let names: Vec<String> = headings.iter().map(|(name, _)| (*name).to_owned()).collect();
            output::line(&line(headings, &names))?;
        }
        output::line(&line(columns, &cells(shown)))
    }
}

fn columns(shown: &Shown) -> &'static [(&'static str, usize)] {
    match shown {
        Shown::Show(_) => SHOWS,
        Shown::Inventory(_) => INVENTORY,
        // A ticket is only ever shown in full.
        Shown::Order(_) | Shown::Ticket(_) => ORDERS,
        Shown::Payment(_) => PAYMENTS,
        Shown::Account(_) => ACCOUNTS,
        Shown::Balance(_) => LEDGER,
    }
}

fn line(columns: &[(&str, usize)], cells: &[String]) -> String {
    let padded = columns.iter().zip(cells).map(|((_, width), cell)| format!("{cell:<width$}"));
    padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

fn cells(shown: &Shown) -> Vec<String> {
    match shown {
        Shown::Show(show) => vec![
            show.show_id.to_string(),
            show.status.clone(),
            show.version.to_string(),
            time(show.starts_at),
            show.title.clone(),
        ],
        Shown::Inventory(then) => vec![
            then.inventory.show_id.to_string(),
            then.inventory.capacity.to_string(),
            then.inventory.held.to_string(),
            then.inventory.sold.to_string(),
            then.inventory.available.to_string(),
            then.taken.len().to_string(),
        ],
        Shown::Order(order) => vec![
            order.order_id.to_string(),
            order.status.clone(),
            order.payment.as_ref().map_or(String::new(), |payment| payment.status.clone()),
            order.lines.len().to_string(),
            order.tickets.len().to_string(),
            money(order.total, &order.currency),
            order.user_id.to_string(),
        ],
        Shown::Ticket(ticket) => vec![ticket.order_id.to_string(), ticket.status.clone()],
        Shown::Payment(payment) => vec![
            payment.payment_id.to_string(),
            payment.method.clone(),
            payment.status.clone(),
            money(payment.amount, &payment.currency),
            payment.refund.as_ref().map_or(String::new(), |refund| refund.status.clone()),
            payment.order_id.to_string(),
        ],
        Shown::Account(account) => {
            vec![account.account_id.to_string(), money(account.balance, &account.currency)]
        }
        Shown::Balance(balance) => {
            vec![balance.account.clone(), money(balance.amount, &balance.currency)]
        }
    }
}

/// Every field of it, named as in JSON; balances as lines.
pub(super) fn in_full(was: &[Shown]) -> Result<(), Failure> {
    let mut balances = Lines::new(Model::Ledger);
    for shown in was {
        match shown {
            Shown::Balance(_) => balances.print(shown)?,
            Shown::Show(_)
            | Shown::Inventory(_)
            | Shown::Order(_)
            | Shown::Ticket(_)
            | Shown::Payment(_)
            | Shown::Account(_) => {
                let mut rows = Vec::new();
                fields(&mut rows, "", &serde_json::to_value(shown).map_err(Failure::other)?);
                output::table(&["field", "value"], rows)?;
            }
        }
    }
    Ok(())
}

/// Such as `status`, `payment.status` and `lines`.
fn fields(rows: &mut Vec<Vec<String>>, name: &str, value: &Value) {
    match value {
        Value::Object(parts) => {
            for (part, value) in parts {
                let dot = if name.is_empty() { "" } else { "." };
                fields(rows, &format!("{name}{dot}{part}"), value);
            }
        }
        Value::String(text) => rows.push(vec![name.to_owned(), text.clone()]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            rows.push(vec![name.to_owned(), value.to_string()]);
        }
    }
}

/// What was written down of another currency stays as it is.
fn money(minor: i64, currency: &str) -> String {
    Currency::from_code(currency)
        .map_or_else(|| format!("{minor} {currency}"), |currency| Money::new(minor, currency).to_string())
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
