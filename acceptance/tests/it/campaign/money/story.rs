//! What happens to an order once it is placed, besides what the provider does.

use std::{sync::Arc, time::Duration};

use rand::{RngExt, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{house::House, signed::Callback};
use crate::support::{Caller, Reply, new_key};

/// How long somebody goes on asking.
const PATIENCE: Duration = Duration::from_secs(90);
pub(super) const AGAIN_AFTER: Duration = Duration::from_millis(100);

pub(crate) struct Story {
    pub(crate) house: Arc<House>,
    pub(crate) ways: Vec<Caller>,
    pub(crate) order: String,
    pub(crate) payment: String,
}

/// What is done, and when.
#[derive(Debug, Clone)]
pub(crate) enum Chapter {
    Nothing,
    /// The customer gives up, perhaps while the card is charged.
    Cancelled {
        after: Duration,
    },
    /// An operator pays back what was paid, perhaps too early, and twice.
    PaidBack {
        after: Duration,
    },
    /// An operator decides, while callbacks may say something else.
    Decided {
        approve: bool,
    },
    /// Whoever may sign for a payment says these, each more than once, in any order.
    Told {
        said: Vec<&'static str>,
        after: Duration,
    },
}

impl Chapter {
    pub(super) fn any(method: &str, rng: &mut StdRng) -> Self {
        let moment = |rng: &mut StdRng, most| Duration::from_millis(rng.random_range(0..most));
        let chance = rng.random_range(0..20);
        if method == "manual" {
            return match chance {
                0 => Self::Nothing,
                1..4 => Self::Cancelled { after: moment(rng, 2_000) },
                4..8 => Self::Decided { approve: rng.random() },
                8..12 => Self::Told { said: vec!["succeeded"], after: moment(rng, 12_000) },
                12..14 => Self::Told { said: vec!["failed"], after: moment(rng, 2_000) },
                _ => Self::Told { said: vec!["succeeded", "failed"], after: moment(rng, 2_000) },
            };
        }
        match chance {
            0..3 => Self::Cancelled { after: moment(rng, 400) },
            3..7 => Self::PaidBack { after: moment(rng, 9_000) },
            _ => Self::Nothing,
        }
    }
}

impl Story {
    pub(super) async fn tell(&self, chapter: Chapter) {
        match chapter {
            Chapter::Nothing => {}
            Chapter::Cancelled { after } => {
                sleep(after).await;
                let cancelled =
                    persist(&self.ways, &format!("/v1/orders/{}/cancel", self.order), &json!({})).await;
                is_one_of(&cancelled, &[200, 409]);
            }
            Chapter::PaidBack { after } => {
                sleep(after).await;
                let path = format!("/v1/orders/{}/refund", self.order);
                for _ in 0..2 {
                    is_one_of(
                        &persist(&self.house.operator, &path, &json!({ "reason": "rain" })).await,
                        &[202, 409],
                    );
                }
            }
            Chapter::Decided { approve } => {
                let verb = if approve { "approve" } else { "reject" };
                let path = format!("/v1/payments/{}/{verb}", self.payment);
                let told = self.told(vec![if approve { "failed" } else { "succeeded" }], Duration::ZERO);
                let nothing = json!({});
                let ((), decided) = tokio::join!(told, persist(&self.house.operator, &path, &nothing));
                is_one_of(&decided, &[200, 409]);
            }
            Chapter::Told { said, after } => self.told(said, after).await,
        }
    }

    /// Says each under two ids, and under each id twice: the second time with the same answer.
    async fn told(&self, said: Vec<&'static str>, after: Duration) {
        sleep(after).await;
        let twice = said.iter().flat_map(|status| [*status, *status]);
        let mut callbacks: Vec<Callback> =
            twice.map(|status| Callback::new(new_key(), &self.payment, status)).collect();
        callbacks.shuffle(&mut rand::rng());
        let telling = callbacks.iter().map(|callback| async move {
            let (first, second) = tokio::join!(callback.tell(&self.ways), callback.tell(&self.ways));
            assert_eq!((first.status, second.status), (200, 200), "{first:?} {second:?}");
            assert_eq!(first.body, second.body, "{callback:?} was answered in two ways");
        });
        futures::future::join_all(telling).await;
    }
}

#[track_caller]
fn is_one_of(reply: &Reply, statuses: &[u16]) {
    assert!(statuses.contains(&reply.status), "{reply:?}");
}

/// Whoever asks again may be answered otherwise.
pub(super) fn is_passing(reply: &Reply) -> bool {
    reply.asks_for_patience() || reply.status == 429
}

/// Asks, with one key, whichever process is there, until there is an answer.
pub(super) async fn persist(ways: &[Caller], path: &str, body: &Value) -> Reply {
    let (key, begun) = (new_key(), Instant::now());
    loop {
        match any(ways).try_post(&key, path, body).await {
            Ok(reply) if !is_passing(&reply) => return reply,
            last => assert!(begun.elapsed() < PATIENCE, "no answer from {path} in {PATIENCE:?}: {last:?}"),
        }
        sleep(AGAIN_AFTER).await;
    }
}

pub(super) fn any(ways: &[Caller]) -> &Caller {
    &ways[rand::rng().random_range(0..ways.len())]
}
