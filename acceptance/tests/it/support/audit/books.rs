//! The state of everything, folded out of the log with nothing but this file's knowledge.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Event;

/// Held and sold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) held: u64,
    pub(crate) sold: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) log: Vec<Event>,
    pub(crate) shows: BTreeMap<String, Value>,
    pub(crate) orders: BTreeMap<String, Value>,
    pub(crate) payments: BTreeMap<String, Value>,
    pub(crate) tickets: BTreeMap<String, Value>,
    /// By show and section.
    pub(crate) counts: BTreeMap<(String, String), Count>,
    /// What holds a numbered seat, by show, section and seat: state and order.
    pub(crate) seats: BTreeMap<(String, String, String), (String, String)>,
    /// What every order has, by show and order: state and how many.
    holdings: BTreeMap<(String, String), (String, usize)>,
    /// What there is on each account.
    pub(crate) balances: BTreeMap<String, i64>,
}

impl Books {
    /// Folds the log, checking at each position that no section is oversold, no seat has two owners, and nothing is
    /// given back that was not taken.
    pub(crate) fn keep(log: Vec<Event>) -> Self {
        let mut books = Self::default();
        for event in &log {
            books.enter(event);
        }
        Self { log, ..books }
    }

    pub(crate) fn head(&self) -> i64 {
        self.log.last().map_or(0, |event| event.position)
    }

    /// How many events have a type.
    pub(crate) fn events(&self, event_type: &str) -> usize {
        self.log.iter().filter(|event| event.event_type == event_type).count()
    }

    /// How many orders are in a status.
    pub(crate) fn orders_in(&self, status: &str) -> usize {
        self.orders.values().filter(|order| order["status"] == status).count()
    }

    /// The next event; panics where it breaks a rule.
    pub(crate) fn enter(&mut self, event: &Event) {
        let (category, id) = event.stream();
        let id = id.to_owned();
        match category {
            "show" => self.show(id, event),
            "inventory" => self.inventory(&id, event),
            "order" => Self::record(&mut self.orders, id, event, order),
            "payment" => Self::record(&mut self.payments, id, event, payment),
            "ticket" => Self::record(&mut self.tickets, id, event, ticket),
            "account" => self.account(id, event),
            other => panic!("a stream of category {other} at {}", event.position),
        }
    }

    fn record(rows: &mut BTreeMap<String, Value>, id: String, event: &Event, fold: fn(&Event, &mut Value)) {
        let first = event.version == 1;
        let empty = || json!({ "status": null, "reason": null, "tickets": [], "refund": null });
        let row = rows.entry(id).or_insert_with(empty);
        assert_eq!(first, row["status"].is_null(), "a second beginning at {}", event.position);
        fold(event, row);
    }

    fn show(&mut self, id: String, event: &Event) {
        let row = self.shows.entry(id).or_insert_with(|| json!({}));
        match event.event_type.as_str() {
            "ShowScheduled" | "ShowRevised" => {
                let mut draft = event.data.clone();
                draft.as_object_mut().unwrap().remove("organizer");
                row["draft"] = draft;
                if event.event_type == "ShowScheduled" {
                    row["status"] = json!("draft");
                }
            }
            "ShowPublished" => row["status"] = json!("on_sale"),
            "ShowClosed" => row["status"] = json!("closed"),
            "ShowCancelled" => row["status"] = json!("cancelled"),
            other => panic!("{other} of a show"),
        }
    }

    fn account(&mut self, id: String, event: &Event) {
        let amount = event.data["amount"].as_i64();
        assert!(amount.is_none_or(|amount| amount > 0), "{amount:?} was moved at {}", event.position);
        let change = match event.event_type.as_str() {
            "AccountOpened" => 0,
            "FundsDeposited" | "FundsCredited" => amount.unwrap(),
            "FundsDebited" => -amount.unwrap(),
            other => panic!("{other} of an account"),
        };
        let opened = event.event_type == "AccountOpened";
        assert_ne!(opened, self.balances.contains_key(&id), "a second or no beginning at {}", event.position);
        let balance = self.balances.entry(id).or_default();
        *balance += change;
        assert!(*balance >= 0, "there is less than nothing at {}", event.position);
    }

    fn inventory(&mut self, show: &str, event: &Event) {
        let order = event.data["order"].as_str().unwrap().to_owned();
        let seats = event.data["seats"].as_array().unwrap();
        let (from, to) = match event.event_type.as_str() {
            "SeatsReserved" => (None, Some("held")),
            "SeatsCommitted" => (Some("held"), Some("sold")),
            "SeatsReleased" => (event.data["were"].as_str(), None),
            other => panic!("{other} of an inventory"),
        };
        self.hand_over(show, &order, seats.len(), from, to, event.position);
        for seat in seats {
            self.seat(show, &order, seat, from, to, event.position);
        }
    }

    fn hand_over(
        &mut self,
        show: &str,
        order: &str,
        seats: usize,
        from: Option<&str>,
        to: Option<&str>,
        at: i64,
    ) {
        let key = (show.to_owned(), order.to_owned());
        let had = self.holdings.remove(&key);
        let expected = from.map(|from| (from.to_owned(), seats));
        assert_eq!(had, expected, "what order {order} had before position {at}");
        if let Some(to) = to {
            self.holdings.insert(key, (to.to_owned(), seats));
        }
    }

    fn seat(&mut self, show: &str, order: &str, seat: &Value, from: Option<&str>, to: Option<&str>, at: i64) {
        let section = seat["section"].as_str().unwrap().to_owned();
        let capacity = self.capacity(show, &section);
        let count = self.counts.entry((show.to_owned(), section.clone())).or_default();
        for (state, add) in [(from, false), (to, true)] {
            let number = match state {
                Some("held") => &mut count.held,
                Some("sold") => &mut count.sold,
                _ => continue,
            };
            *number =
                if add { *number + 1 } else { number.checked_sub(1).expect("more given back than taken") };
        }
        assert!(
            count.held + count.sold <= capacity,
            "{section} is oversold at {at}: {count:?} of {capacity}"
        );
        if let Some(name) = seat["seat"].as_str() {
            let key = (show.to_owned(), section, name.to_owned());
            let owner = self.seats.remove(&key);
            let expected = from.map(|from| (from.to_owned(), order.to_owned()));
            assert_eq!(owner, expected, "the owner of {name} before {at}");
            if let Some(to) = to {
                self.seats.insert(key, (to.to_owned(), order.to_owned()));
            }
        }
    }

    fn capacity(&self, show: &str, section: &str) -> u64 {
        let sections = self.shows[show]["draft"]["sections"].as_array().unwrap();
        capacity(sections.iter().find(|found| found["code"] == section).expect("a section of the show"))
    }
}

/// A section's seats.
pub(super) fn capacity(section: &Value) -> u64 {
    section["capacity"].as_u64().unwrap_or_else(|| {
        section["rows"].as_array().unwrap().iter().map(|row| row["seats"].as_u64().unwrap()).sum()
    })
}

fn order(event: &Event, row: &mut Value) {
    let before = row["status"].clone();
    let (allowed, after): (&[&str], _) = match event.event_type.as_str() {
        "OrderPlaced" => {
            row["details"] = event.data.clone();
            (&[], "pending")
        }
        "OrderConfirmed" => {
            row["tickets"] = event.data["tickets"].clone();
            (&["pending", "expired"], "confirmed")
        }
        "OrderFailed" => {
            row["reason"] = event.data["reason"].clone();
            (&["pending"], "failed")
        }
        "OrderCancelled" => (&["pending"], "cancelled"),
        "OrderExpired" => (&["pending"], "expired"),
        "OrderRefunded" => (&["confirmed"], "refunded"),
        other => panic!("{other} of an order"),
    };
    move_on(event, row, &before, allowed, after);
}

fn payment(event: &Event, row: &mut Value) {
    let before = row["status"].clone();
    let (allowed, after): (&[&str], _) = match event.event_type.as_str() {
        "PaymentRequested" => {
            row["details"] = event.data.clone();
            (&[], "pending")
        }
        // Money that came late is never overlooked.
        "PaymentSucceeded" => (&["pending", "cancelled", "failed"], "succeeded"),
        "PaymentFailed" => {
            row["reason"] = event.data["reason"].clone();
            (&["pending"], "failed")
        }
        "PaymentCancelled" => (&["pending"], "cancelled"),
        "PaymentRefundRequested" => {
            assert!(row["refund"].is_null(), "a second refund is asked for at {}", event.position);
            row["refund"] = event.data["reason"].clone();
            (&["succeeded"], "succeeded")
        }
        "PaymentRefunded" => {
            assert!(row["refund"].is_string(), "nobody asked for the refund at {}", event.position);
            row["refund"] = Value::Null;
            (&["succeeded"], "refunded")
        }
        other => panic!("{other} of a payment"),
    };
    move_on(event, row, &before, allowed, after);
}

fn ticket(event: &Event, row: &mut Value) {
    let before = row["status"].clone();
    let (allowed, after): (&[&str], _) = match event.event_type.as_str() {
        "TicketIssued" => {
            row["details"] = event.data.clone();
            (&[], "issued")
        }
        "TicketCheckedIn" => (&["issued"], "checked_in"),
        "TicketVoided" => (&["issued", "checked_in"], "void"),
        other => panic!("{other} of a ticket"),
    };
    move_on(event, row, &before, allowed, after);
}

fn move_on(event: &Event, row: &mut Value, before: &Value, allowed: &[&str], after: &str) {
    let legal = before.as_str().map_or(allowed.is_empty(), |before| allowed.contains(&before));
    assert!(legal, "{} of what is {before}, at {}", event.event_type, event.position);
    row["status"] = json!(after);
    if after != "failed" {
        row["reason"] = Value::Null;
    }
}
