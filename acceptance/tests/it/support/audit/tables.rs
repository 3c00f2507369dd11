//! The read models, compared row by row with what the auditor's books say.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::books::{Books, capacity};
use crate::support::World;

type Rows = BTreeMap<String, Value>;

const SHOWS: &str =
    "select show_id::text, jsonb_build_object('status', status, 'draft', draft::jsonb) from shows";
const ORDERS: &str = "select order_id::text, jsonb_build_object('status', status, 'reason', reason,
    'tickets', to_jsonb(tickets), 'details', placed::jsonb) from orders";
const PAYMENTS: &str = "select payment_id::text, jsonb_build_object('status', status, 'reason', reason,
    'tickets', jsonb_build_array(), 'details', request::jsonb) from payments";
const TICKETS: &str = "select code, jsonb_build_object('status', status, 'reason', null,
    'tickets', jsonb_build_array(), 'details', ticket::jsonb) from order_tickets";
const INVENTORY: &str =
    "select show_id::text, jsonb_build_object('capacity', capacity, 'held', held, 'sold', sold,
    'sections', sections::jsonb) from inventory";
const SEATS: &str = "select show_id || ' ' || section || ' ' || row_code || '-' || number,
    jsonb_build_array(status, order_id) from inventory_seats";

pub(super) async fn equal(world: &World, books: &Books) {
    compare(world, "shows", SHOWS, &books.shows).await;
    compare(world, "orders", ORDERS, &books.orders).await;
    compare(world, "payments", PAYMENTS, &books.payments).await;
    compare(world, "tickets", TICKETS, &books.tickets).await;
    compare(world, "inventory", INVENTORY, &inventory(books)).await;
    let seats = books.seats.iter().map(|((show, section, seat), (state, order))| {
        (format!("{show} {section} {seat}"), json!([state, order]))
    });
    compare(world, "seats", SEATS, &seats.collect()).await;
}

async fn compare(world: &World, what: &str, sql: &'static str, expected: &Rows) {
    let rows: Vec<(String, Value)> = sqlx::query_as(sql).fetch_all(&world.pool).await.unwrap();
    let found: Rows = rows.into_iter().collect();
    for (key, row) in expected {
        assert_eq!(found.get(key), Some(row), "{what}: {key}");
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
