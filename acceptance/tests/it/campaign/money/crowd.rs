//! Customers who buy until there are enough payments.

use std::{collections::BTreeMap, sync::Arc};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{
    sync::{Mutex, Semaphore},
    task::{JoinHandle, JoinSet},
};

use super::{
    house::House,
    plan::Plan,
    story::{self, Story, persist},
    wares::{DIGITS, LATE, SCARCE, code},
};
use crate::support::Caller;

/// What goes on after orders were placed, at most so much at once.
const STORIES: usize = 256;
/// So many shows are called off in the course of a campaign.
const DOOMED: usize = 3;

/// How many orders were placed, by how they were to be paid and what the provider was to do.
pub(crate) type Bought = BTreeMap<String, usize>;

pub(crate) struct Crowd {
    buyers: Vec<JoinHandle<()>>,
    shared: Arc<Shared>,
}

struct Shared {
    house: Arc<House>,
    payments: usize,
    bought: Mutex<Bought>,
    stories: Mutex<JoinSet<()>>,
    places: Arc<Semaphore>,
}

impl Crowd {
    pub(super) fn start(house: &Arc<House>, plan: &Plan) -> Self {
        let shared = Arc::new(Shared {
            house: Arc::clone(house),
            payments: plan.payments,
            bought: Mutex::default(),
            stories: Mutex::default(),
            places: Arc::new(Semaphore::new(STORIES)),
        });
        let buyers = (3..).zip(&house.customers).map(|(number, ways)| {
            let rng = StdRng::seed_from_u64(plan.seed.wrapping_add(number));
            tokio::spawn(Arc::clone(&shared).buy_on(ways.clone(), rng))
        });
        Self { buyers: buyers.collect(), shared }
    }

    /// All is bought, and everything that was to follow was said.
    pub(super) async fn finish(self) -> Bought {
        for buyer in self.buyers {
            buyer.await.unwrap();
        }
        let mut stories = self.shared.stories.lock().await;
        while let Some(ended) = stories.join_next().await {
            ended.unwrap();
        }
        self.shared.bought.lock().await.clone()
    }
}

impl Shared {
    async fn buy_on(self: Arc<Self>, ways: Vec<Caller>, mut rng: StdRng) {
        while self.house.placed() < self.payments {
            self.buy(&ways, &mut rng).await;
        }
    }

    async fn buy(&self, ways: &[Caller], rng: &mut StdRng) {
        let method =
            ["card", "card", "card", "card", "card", "card", "manual", "wallet"][rng.random_range(0..8)];
        let (show, (what, item)) = match rng.random_range(0..10) {
            0..7 => (self.house.shows.patient.clone(), any_item(rng)),
            7..9 => (self.house.shows.hasty.clone(), often_late(rng)),
            _ => (self.house.shows.doomed.read().await.clone(), any_item(rng)),
        };
        let body = json!({ "show_id": show, "payment_method": method, "items": [item] });
        let placed = persist(ways, "/v1/orders", &body).await;
        if placed.status == 409 {
            return;
        }
        let placed = placed.ok(201);
        *self.bought.lock().await.entry(format!("{method} {what}")).or_default() += 1;
        let story = Story {
            house: Arc::clone(&self.house),
            ways: ways.to_vec(),
            order: placed.text("order_id"),
            payment: placed.text("payment_id"),
        };
        self.goes_on(story, method, rng).await;
        if dooms_a_show(self.house.another_placed(), self.payments) {
            self.call_off().await;
        }
    }

    async fn goes_on(&self, story: Story, method: &str, rng: &mut StdRng) {
        let place = Arc::clone(&self.places).acquire_owned().await.unwrap();
        let chapter = story::Chapter::any(method, rng);
        let mut stories = self.stories.lock().await;
        while let Some(ended) = stories.try_join_next() {
            ended.unwrap();
        }
        stories.spawn(async move {
            story.tell(chapter).await;
            drop(place);
        });
    }

    /// The show that will not take place does not take place, and another one takes its place.
    async fn call_off(&self) {
        let next = self.house.doom_another().await;
        let doomed = std::mem::replace(&mut *self.house.shows.doomed.write().await, next);
        persist(&self.house.organizer, &format!("/v1/shows/{doomed}/cancel"), &json!({})).await.ok(200);
    }
}

/// Whether a show is called off after so many of these payments.
fn dooms_a_show(placed: usize, payments: usize) -> bool {
    let between = (payments / (DOOMED + 1)).max(1);
    placed.is_multiple_of(between) && placed / between <= DOOMED
}

/// What the provider is to do, and what to order so that it does.
fn any_item(rng: &mut StdRng) -> (String, Value) {
    if rng.random_range(0..8) == 0 {
        return ("scarce".to_owned(), json!({ "section": SCARCE, "quantity": 1 }));
    }
    item(DIGITS[rng.random_range(0..DIGITS.len())])
}

/// The same, where holds are short. Left to chance, money would hardly ever come late: what can be is called off.
fn often_late(rng: &mut StdRng) -> (String, Value) {
    if rng.random_range(0..4) == 0 { item(LATE) } else { any_item(rng) }
}

fn item(digits: u32) -> (String, Value) {
    (format!("{digits:02}"), json!({ "section": code(digits), "quantity": 1 }))
}

#[test]
fn as_many_shows_are_called_off_as_are_doomed() {
    for payments in [3, 499, 500, 20_000] {
        // Those who buy at the end buy a few more than were wanted.
        let called_off = (1..payments + 64).filter(|placed| dooms_a_show(*placed, payments));
        assert_eq!(called_off.count(), DOOMED, "{payments}");
    }
}
