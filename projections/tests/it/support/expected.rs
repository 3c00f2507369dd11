//! The read models as they should be: what the aggregates that decide make of the same log.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Category, State, StreamId, inventory::Holding};
use event_store::{LogReader, RecordedEvent};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::World;

type Rows = BTreeMap<String, Value>;

pub(crate) async fn log(world: &World) -> Vec<RecordedEvent> {
    LogReader::new(world.database.clone(), "test").after(0, 10_000).await.unwrap()
}

pub(crate) async fn compare(world: &World) {
    let mut states: BTreeMap<StreamId, State> = BTreeMap::new();
    for event in log(world).await {
        let stream: StreamId = event.stream().unwrap();
        let state = states.entry(stream).or_insert_with(|| State::empty(stream.category()));
        state.evolve(event.stored().unwrap()).unwrap();
    }
    let of = |category: Category| states.iter().filter(move |(stream, _)| stream.category() == category);
    let rows =
        |category| of(category).map(|(stream, state)| (stream.to_string(), row(state))).collect::<Rows>();
    assert_eq!(found(&world.pool, SHOWS).await, rows(Category::Show));
    assert_eq!(found(&world.pool, ORDERS).await, rows(Category::Order));
    assert_eq!(found(&world.pool, PAYMENTS).await, rows(Category::Payment));
    assert_eq!(found(&world.pool, TICKETS).await, rows(Category::Ticket));
    assert_eq!(found(&world.pool, ACCOUNTS).await, rows(Category::Account));
    assert_eq!(found(&world.pool, "select position::text, to_jsonb(sum(amount)) from ledger_entries group by position having sum(amount) <> 0").await, Rows::new());
    let mut seats = BTreeSet::new();
    let mut totals = Rows::new();
    for (stream, state) in of(Category::Show) {
        let State::Show(show) = state else { unreachable!() };
        let inventory = StreamId::inventory(stream.uuid().into());
        let inventory = match states.get(&inventory) {
            Some(State::Inventory(inventory)) => inventory.clone(),
            _ => domain::Inventory::default(),
        };
        let sections = show.details().unwrap().layout.sections().iter().map(|section| {
            let counts = inventory.counts(section.code);
            json!({"section": section.code, "capacity": section.capacity, "held": counts.held, "sold": counts.sold})
        });
        totals.insert(stream.uuid().to_string(), sections.collect());
        for holding in Vec::<Holding>::from(inventory) {
            for seat in holding.seats.iter().filter(|seat| seat.seat.is_some()) {
                let seat_name = seat.seat.unwrap();
                seats.insert(format!(
                    "{} {} {seat_name} {} {}",
                    stream.uuid(),
                    seat.section,
                    holding.state,
                    holding.order
                ));
            }
        }
    }
    assert_eq!(found(&world.pool, "select show_id::text, sections::jsonb from inventory").await, totals);
    let found: Vec<String> = sqlx::query_scalar(SEATS).fetch_all(&world.pool).await.unwrap();
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), seats);
    let sums = "select count(*) from inventory where held <> (select sum((s->>'held')::bigint) from json_array_elements(sections) s)
        or sold <> (select sum((s->>'sold')::bigint) from json_array_elements(sections) s)";
    assert_eq!(world.number(sums).await, 0);
}

const SHOWS: &str =
    "select 'show-' || show_id, jsonb_build_object('status', status, 'draft', draft::jsonb) from shows";
const ORDERS: &str = "select 'order-' || order_id, jsonb_build_object('status', status, 'reason', reason, 'placed', placed::jsonb, 'tickets', case when status = 'confirmed' then to_jsonb(tickets) else '[]' end) from orders";
const PAYMENTS: &str = "select 'payment-' || payment_id, jsonb_build_object('status', status, 'reason', reason, 'request', request::jsonb) from payments";
const TICKETS: &str = "select 'ticket-' || code, jsonb_build_object('status', status, 'ticket', ticket::jsonb) from order_tickets";
const ACCOUNTS: &str = "select 'account-' || account_id, jsonb_build_object('customer', customer, 'currency', currency, 'balance', balance) from accounts";
const SEATS: &str = "select show_id || ' ' || section || ' ' || row_code || '-' || number || ' ' || status || ' ' || order_id from inventory_seats";

async fn found(pool: &PgPool, sql: &'static str) -> Rows {
    let rows: Vec<(String, Value)> = sqlx::query_as(sql).fetch_all(pool).await.unwrap();
    rows.into_iter().collect()
}

fn row(state: &State) -> Value {
    match state {
        State::Show(show) => json!({"status": show.status(), "draft": show.details().unwrap().draft}),
        State::Inventory(_) => Value::Null,
        State::Order(order) => {
            let tickets =
                if let domain::Order::Confirmed { tickets, .. } = order { tickets.to_vec() } else { vec![] };
            let placed = order.placed().unwrap().as_ref();
            json!({"status": order.status(), "reason": order.reason(), "placed": placed, "tickets": tickets})
        }
        State::Payment(payment) => {
            let request = payment.requested().unwrap().as_ref();
            json!({"status": payment.status(), "reason": payment.reason(), "request": request})
        }
        State::Account(account) => match account {
            domain::Account::Open { user, currency, balance } => {
                json!({"customer": user, "currency": currency, "balance": balance})
            }
            domain::Account::NotOpened => Value::Null,
        },
        State::Ticket(ticket) => {
            json!({"status": ticket.status(), "ticket": ticket.issued().unwrap().as_ref()})
        }
    }
}
