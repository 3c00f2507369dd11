//! Clocks that jump, each process's by itself.

use std::{fs, sync::Arc, time::Duration};

use rand::{RngExt, rngs::StdRng};
use tokio::time::sleep;

use super::{Came, happened};
use crate::campaign::{instance::Instance, office::Office};

/// How far behind the others a clock may be put: holds last so much longer.
const BEHIND_MS: i64 = 6_000;

fn skew(instance: &Instance) -> i64 {
    fs::read_to_string(&instance.clock).ok().and_then(|text| text.trim().parse().ok()).unwrap_or_default()
}

fn latest(office: &Office) -> i64 {
    office.staff.iter().map(|instance| skew(instance)).max().unwrap_or_default()
}

/// One clock is ahead by minutes, a moment later all are: what the log has recorded can't be taken back.
pub(super) async fn forward(office: &Office, rng: &mut StdRng) -> Came {
    let target = latest(office) + rng.random_range(500..300_000);
    let first = Arc::clone(&office.staff[rng.random_range(0..office.staff.len())]);
    first.skew(target);
    sleep(Duration::from_millis(rng.random_range(0..2_000))).await;
    for instance in &office.staff {
        instance.skew(target);
    }
    Came::Happened(format!("{} first, to {target} ms", first.name))
}

/// One clock, or every clock, goes back for some seconds.
pub(super) async fn back(office: &Office, rng: &mut StdRng) -> Came {
    let right = latest(office);
    let behind = right - rng.random_range(1..BEHIND_MS);
    let one = rng.random_range(0..2 * office.staff.len());
    for (number, instance) in office.staff.iter().enumerate() {
        if one == number || one >= office.staff.len() {
            instance.skew(behind);
        }
    }
    sleep(Duration::from_millis(rng.random_range(500..4_000))).await;
    for instance in &office.staff {
        instance.skew(right);
    }
    happened()
}
