//! Processes of ours that are killed or stand still.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use nix::sys::signal::Signal;
use rand::{RngExt, rngs::StdRng};
use tokio::time::sleep;

use super::{Came, happened};
use crate::{
    campaign::{instance::Instance, office::Office},
    support::Role,
};

fn any<'a>(office: &'a Office, role: Role, rng: &mut StdRng) -> &'a Arc<Instance> {
    let instances: Vec<_> = office.of(role).collect();
    instances[rng.random_range(0..instances.len())]
}

pub(super) async fn kill(office: &Office, role: Role, rng: &mut StdRng) -> Came {
    let victim = any(office, role, rng);
    let _turn = victim.turn.lock().await;
    victim.signal(Signal::SIGKILL);
    happened()
}

pub(super) async fn kill_all(office: &Office) -> Came {
    let _turns = join_all(office.staff.iter().map(|victim| victim.turn.lock())).await;
    office.staff.iter().for_each(|victim| victim.signal(Signal::SIGKILL));
    happened()
}

/// From a hiccup to longer than any lease.
fn a_while(rng: &mut StdRng) -> Duration {
    Duration::from_millis(*[200, 1_200, 3_500, 8_000].get(rng.random_range(0..4)).unwrap())
}

pub(super) async fn freeze(office: &Office, role: Role, rng: &mut StdRng) -> Came {
    let victim = any(office, role, rng);
    let time = a_while(rng);
    let _turn = victim.turn.lock().await;
    victim.signal(Signal::SIGSTOP);
    sleep(time).await;
    victim.signal(Signal::SIGCONT);
    Came::Happened(format!("{} for {time:?}", victim.name))
}

pub(super) async fn freeze_all(office: &Office, rng: &mut StdRng) -> Came {
    let time = a_while(rng);
    let _turns = join_all(office.staff.iter().map(|victim| victim.turn.lock())).await;
    office.staff.iter().for_each(|victim| victim.signal(Signal::SIGSTOP));
    sleep(time).await;
    office.staff.iter().for_each(|victim| victim.signal(Signal::SIGCONT));
    Came::Happened(format!("{time:?}"))
}
