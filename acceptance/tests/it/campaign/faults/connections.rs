//! Connections to Postgres that break or stall.

use std::time::Duration;

use rand::{RngExt, rngs::StdRng};

use super::{Came, happened};
use crate::campaign::{
    office::Office,
    proxy::{Cut, Proxy},
};

/// Somebody commits within this time, as long as anybody works.
const COMMITS_WITHIN: Duration = Duration::from_secs(8);

fn any<'a>(office: &'a Office, rng: &mut StdRng) -> (&'a Proxy, &'static str) {
    if rng.random_range(0..3) < 2 {
        (&office.writers, "a writer's")
    } else {
        (&office.followers, "a follower's")
    }
}

pub(super) async fn cut(office: &Office, cut: Cut, rng: &mut StdRng) -> Came {
    let (proxy, whose) = any(office, rng);
    if proxy.cut(cut, COMMITS_WITHIN).await {
        Came::Happened(whose.to_owned())
    } else {
        Came::Missed(format!("nobody committed within {COMMITS_WITHIN:?}"))
    }
}

pub(super) async fn stall(office: &Office, rng: &mut StdRng) -> Came {
    let (proxy, _) = any(office, rng);
    proxy.stall(Duration::from_millis(rng.random_range(200..5_000))).await;
    happened()
}
