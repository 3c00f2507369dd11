//! The read models, compared row by row with what the auditor's books say.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::books::{Books, capacity};
use crate::support::World;

type Rows = BTreeMap<String, Value>;

/// Of which entities rows are compared.
pub(crate) enum Touched {
    All,
    /// By id.
    These(Vec<String>),
}

// Each has the entity's id, the row's key, and the row.
const SHOWS: &str = "select show_id::text as id, show_id::text as key,
    jsonb_build_object('status', status, 'draft', draft::jsonb) as found from shows";
const ORDERS: &str =
    "select order_id::text as id, order_id::text as key, jsonb_build_object('status', status,
    'reason', reason, 'tickets', to_jsonb(tickets), 'refund', null, 'details', placed::jsonb) as found from orders";
const PAYMENTS: &str =
    "select payment_id::text as id, payment_id::text as key, jsonb_build_object('status', status,
    'reason', reason, 'tickets', jsonb_build_array(), 'refund', refund_reason, 'details', request::jsonb) as found
    from payments";
const TICKETS: &str = "select code as id, code as key, jsonb_build_object('status', status, 'reason', null,
    'tickets', jsonb_build_array(), 'refund', null, 'details', ticket::jsonb) as found from order_tickets";
const ACCOUNTS: &str =
    "select account_id::text as id, account_id::text as key, to_jsonb(balance) as found from accounts";
const INVENTORY: &str =
    "select show_id::text as id, show_id::text as key, jsonb_build_object('capacity', capacity,
    'held', held, 'sold', sold, 'sections', sections::jsonb) as found from inventory";
const SEATS: &str =
    "select show_id::text as id, show_id || ' ' || section || ' ' || row_code || '-' || number as key,
    jsonb_build_array(status, order_id) as found from inventory_seats";

/// Panics at the first row that is not what the books say.
pub(crate) async fn equal(world: &World, books: &Books, touched: &Touched) {
    compare(world, "shows", SHOWS, &books.shows, touched).await;
    compare(world, "orders", ORDERS, &books.orders, touched).await;
    compare(world, "payments", PAYMENTS, &books.payments, touched).await;
    compare(world, "tickets", TICKETS, &books.tickets, touched).await;
    let balances = books.balances.iter().map(|(account, balance)| (account.clone(), json!(balance)));
    compare(world, "accounts", ACCOUNTS, &balances.collect(), touched).await;
    compare(world, "inventory", INVENTORY, &inventory(books), touched).await;
    let seats = books.seats.iter().map(|((show, section, seat), (state, order))| {
        (format!("{show} {section} {seat}"), json!([state, order]))
    });
    compare(world, "seats", SEATS, &seats.collect(), touched).await;
}

async fn compare(world: &World, what: &str, sql: &'static str, expected: &Rows, touched: &Touched) {
    let rows: Vec<(String, Value)> = match touched {
        Touched::All => {
            let all = AssertSqlSafe(format!("select key, found from ({sql}) as rows"));
            sqlx::query_as(all).fetch_all(&world.pool).await.unwrap()
        }
        Touched::These(ids) => {
            let these = AssertSqlSafe(format!("select key, found from ({sql}) as rows where id = any($1)"));
            sqlx::query_as(these).bind(ids).fetch_all(&world.pool).await.unwrap()
        }
    };
    let found: Rows = rows.into_iter().collect();
    // A seat's key begins with its show's id.
    let concerned = |key: &str| match touched {
        Touched::All => true,
        Touched::These(ids) => {
            let id = key.split_once(' ').map_or(key, |(id, _)| id);
            ids.binary_search_by(|one| one.as_str().cmp(id)).is_ok()
        }
    };
    let expected: Vec<_> = expected.iter().filter(|(key, _)| concerned(key)).collect();
    for (key, row) in &expected {
        assert_eq!(found.get(*key), Some(*row), "{what}: {key}");
    }
    assert_eq!(found.len(), expected.len(), "{what} has rows that the log knows nothing of");
}

fn inventory(books: &Books) -> Rows {
    let row = |(show, row): (&String, &Value)| {
        let sections: Vec<Value> = row["draft"]["sections"].as_array().unwrap().iter().map(|section| {
            let code = section["code"].as_str().unwrap();
            let count = books.counts.get(&(show.clone(), code.to_owned())).copied().unwrap_or_default();
            json!({ "section": code, "capacity": capacity(section), "held": count.held, "sold": count.sold })
        }).collect();
        let sum =
            |member: &str| sections.iter().map(|section| section[member].as_u64().unwrap()).sum::<u64>();
        let total = json!({
            "capacity": sum("capacity"), "held": sum("held"), "sold": sum("sold"), "sections": sections,
        });
        (show.clone(), total)
    };
    books.shows.iter().map(row).collect()
}
