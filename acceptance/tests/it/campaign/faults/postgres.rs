//! Postgres dies or stands still, with all its processes.

use std::time::Duration;

use nix::{
    sys::signal::{Signal, kill as send},
    unistd::Pid,
};
use rand::{RngExt, rngs::StdRng};
use tokio::time::sleep;

use super::{Came, happened};
use crate::campaign::office::Office;

/// The postmaster, which leads the group of all its processes' parents.
pub(super) fn postmaster(office: &Office) -> Option<Pid> {
    office.engines.postgres.pid().map(|pid| Pid::from_raw(pid.cast_signed()))
}

/// Postgres' processes: the postmaster, and its children, each of which leads a session of its own.
pub(super) fn everyone(office: &Office) -> Vec<Pid> {
    let Some(postmaster) = postmaster(office) else { return Vec::new() };
    let children = std::fs::read_to_string(format!("/proc/{postmaster}/task/{postmaster}/children"));
    let children = children.unwrap_or_default();
    let children = children.split_whitespace().filter_map(|pid| pid.parse().ok()).map(Pid::from_raw);
    std::iter::once(postmaster).chain(children).collect()
}

pub(super) async fn down_for(office: &Office, time: Duration) -> Came {
    sleep(time).await;
    match office.engines.postgres.restart().await {
        Ok(()) => happened(),
        Err(error) => panic!("Postgres did not start again: {error}"),
    }
}

fn a_moment(rng: &mut StdRng) -> Duration {
    Duration::from_millis(rng.random_range(0..1_500))
}

/// The postmaster first, so that it starts no successor for anyone.
pub(super) async fn kill(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    for pid in everyone(office) {
        let _ = send(pid, Signal::SIGKILL);
    }
    down_for(office, a_moment(rng)).await
}

/// As `pg_ctl stop --mode immediate`.
pub(super) async fn stop(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    if let Some(postmaster) = postmaster(office) {
        let _ = send(postmaster, Signal::SIGQUIT);
    }
    down_for(office, a_moment(rng)).await
}

pub(super) async fn freeze(office: &Office, rng: &mut StdRng) -> Came {
    let _turn = office.engines_turn.lock().await;
    let everyone = everyone(office);
    for pid in &everyone {
        let _ = send(*pid, Signal::SIGSTOP);
    }
    sleep(Duration::from_millis(rng.random_range(100..5_000))).await;
    for pid in everyone {
        let _ = send(pid, Signal::SIGCONT);
    }
    happened()
}
