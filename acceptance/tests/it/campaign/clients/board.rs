//! The shows on sale, and the organizer who replaces what is sold out.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{RngExt, rngs::StdRng};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{Gate, Person};
use crate::{
    campaign::record::{Ask, Verb},
    support::new_key,
};

const SHOWS: usize = 4;
/// So many customers must have gone away without seats before a show is replaced.
const SOLD_OUT: u32 = 60;
/// The first of them lasts, and half of all customers want it, so that its stream grows long.
const LONG_LIFE: Duration = Duration::from_mins(8);
const LIFE: Duration = Duration::from_secs(80);

pub(crate) struct Show {
    pub(crate) id: String,
    /// Where it was published.
    pub(crate) position: i64,
    born: Instant,
    life: Duration,
    disappointed: AtomicU32,
}

impl Show {
    /// Somebody found nothing.
    pub(crate) fn disappoints(&self) {
        self.disappointed.fetch_add(1, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        let sold_out = self.life == LIFE && self.disappointed.load(Ordering::Relaxed) > SOLD_OUT;
        sold_out || self.born.elapsed() > self.life
    }
}

#[derive(Default)]
pub(crate) struct Board {
    shows: Mutex<Vec<Arc<Show>>>,
}

impl Board {
    pub(crate) fn any(&self, rng: &mut StdRng) -> Arc<Show> {
        let shows = self.shows.lock().unwrap();
        let number = rng.random_range(0..2 * shows.len());
        Arc::clone(&shows[number.saturating_sub(shows.len())])
    }

    /// The show that is not sold out in a hurry.
    pub(crate) fn lasting(&self) -> String {
        self.shows.lock().unwrap()[0].id.clone()
    }

    fn over(&self) -> Option<usize> {
        self.shows.lock().unwrap().iter().position(|show| show.is_over())
    }
}

pub(crate) struct Promoter {
    pub(super) organizer: Person,
    pub(super) board: Arc<Board>,
}

impl Promoter {
    pub(super) async fn fill(&mut self) {
        for number in 0..SHOWS {
            let show = self.show(if number == 0 { LONG_LIFE } else { LIFE }).await;
            self.board.shows.lock().unwrap().push(show);
        }
    }

    pub(super) async fn work(mut self, gate: Arc<Gate>) {
        loop {
            sleep(Duration::from_millis(200)).await;
            let _inside = gate.pass().await;
            if let Some(over) = self.board.over() {
                let life = self.board.shows.lock().unwrap()[over].life;
                let next = self.show(life).await;
                let old = std::mem::replace(&mut self.board.shows.lock().unwrap()[over], next);
                if self.organizer.chance(2) {
                    self.tell(Verb::Close, format!("/v1/shows/{}/close", old.id), json!({}), 200).await;
                }
            }
        }
    }

    async fn show(&mut self, life: Duration) -> Arc<Show> {
        let body = json!({
            "title": "Measure for Measure", "venue": "The Globe", "starts_at": "2099-05-01T19:30:00Z",
            "currency": "EUR", "tax_basis_points": 700, "hold_seconds": 5, "sections": sections(life),
        });
        let made = self.tell(Verb::Schedule, "/v1/shows".to_owned(), body, 201).await;
        let id = made["show_id"].as_str().unwrap().to_owned();
        let published = self.tell(Verb::Publish, format!("/v1/shows/{id}/publish"), json!({}), 200).await;
        let position = published["position"].as_i64().unwrap();
        Arc::new(Show { id, position, born: Instant::now(), life, disappointed: AtomicU32::new(0) })
    }

    async fn tell(&mut self, verb: Verb, path: String, body: Value, expected: u16) -> Value {
        let ask = Ask { verb, key: new_key(), path, body };
        let reply = self.organizer.insist(&ask).await;
        if reply.status != expected {
            self.organizer.record.violation(format!("{ask:?} was answered {reply:?}"));
        }
        reply.body
    }
}

/// Few seats that many want, and a field that fills slowly; where sales last, best seats last as well.
fn sections(life: Duration) -> Value {
    let lasts = life == LONG_LIFE;
    let row = |row: &str, seats: u32| json!({ "row": row, "seats": seats });
    let mut rows: Vec<Value> = ["A", "B", "C", "D"].map(|name| row(name, 10)).to_vec();
    if lasts {
        rows.extend((1..=40).map(|number| row(&format!("E{number}"), 100)));
    }
    let of = |few: u32| if lasts { 20_000 } else { few };
    json!([
        { "code": "FIELD", "name": "Field", "price": 1_000, "capacity": of(200) },
        { "code": "FRONT", "name": "Front", "price": 5_000, "capacity": of(20) },
        { "code": "HALL", "name": "Hall", "price": 7_500, "rows": rows },
    ])
}
