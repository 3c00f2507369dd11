//! Read models that are made anew while everything goes on.

use std::time::Duration;

use rand::{RngExt, rngs::StdRng};
use tokio::time::timeout;

use super::Came;
use crate::{campaign::office::Office, support::Ran};

const READ_MODELS: [&str; 6] = ["shows", "inventory", "orders", "payments", "accounts", "ledger"];
/// Whoever waits for a lock or a lease is given up after that.
const WITHIN: Duration = Duration::from_secs(30);

/// Rebuilds one; every other time it is killed somewhere on the way, and left for the next to take up.
pub(super) async fn rebuild(office: &Office, rng: &mut StdRng) -> Came {
    let model = any(rng);
    let life =
        if rng.random_range(0..2) == 0 { Duration::from_millis(rng.random_range(50..1_500)) } else { WITHIN };
    let ended = timeout(life, office.world.run(&["projections", "rebuild", model])).await;
    Came::Happened(format!("{model}: {}", ended.map_or("killed".to_owned(), |ran| said(&ran))))
}

/// Rebuilds one in a process that obeys the points.
pub(super) async fn pass(office: &Office, model: &str) -> Option<Ran> {
    let (armed, command) = (office.armed(), ["projections", "rebuild", model]);
    timeout(WITHIN, office.world.run_with(&armed, &command)).await.ok()
}

pub(super) fn any(rng: &mut StdRng) -> &'static str {
    READ_MODELS[rng.random_range(0..READ_MODELS.len())]
}

/// Other faults may end it.
fn said(ran: &Ran) -> String {
    if ran.code == Some(0) {
        "rebuilt".to_owned()
    } else {
        ran.err.lines().last().unwrap_or_default().to_owned()
    }
}
