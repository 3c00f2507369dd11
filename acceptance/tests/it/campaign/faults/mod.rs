//! Everything that is broken on purpose.

mod clock;
mod connections;
pub(super) mod disk;
mod nats;
mod points;
mod postgres;
mod processes;
mod rebuilds;
mod sockets;
mod transactions;

use std::sync::Arc;

use faultpoint::Point;
use rand::rngs::StdRng;

use super::{office::Office, proxy::Cut};
use crate::support::Role;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Killed(Role),
    AllKilled,
    Frozen(Role),
    AllFrozen,
    ClockForward,
    ClockBack,
    Rebuilt,
    PostgresKilled,
    PostgresStopped,
    PostgresFrozen,
    PostgresWritesFail,
    PostgresDiskFull,
    NatsKilled,
    NatsWiped,
    NatsRolledBack,
    NatsBitsFlipped,
    NatsTruncated,
    NatsWritesFail,
    NatsDiskFull,
    Cut(Cut),
    Stalled,
    SlowClients,
    DeafClients,
    LongSnapshot,
    IdleTransaction,
    IdleLock,
    Point(Point),
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Came {
    /// It happened; what else there is to say.
    Happened(String),
    /// It could not be done this time, or nothing passed where it waited.
    Missed(String),
}

const ROLES: [Role; 5] = [Role::CommandApi, Role::QueryApi, Role::Relay, Role::Projections, Role::Processes];

impl Kind {
    pub(crate) fn process_kills() -> Vec<Self> {
        ROLES.into_iter().map(Self::Killed).collect()
    }

    pub(crate) fn of_processes() -> Vec<Self> {
        let frozen = ROLES.into_iter().map(Self::Frozen);
        let others = [Self::AllKilled, Self::AllFrozen, Self::ClockForward, Self::ClockBack, Self::Rebuilt];
        Self::process_kills().into_iter().chain(frozen).chain(others).collect()
    }

    pub(crate) fn of_engines(mounts: bool) -> Vec<Self> {
        let mut kinds = vec![
            Self::PostgresKilled,
            Self::PostgresStopped,
            Self::PostgresFrozen,
            Self::NatsKilled,
            Self::NatsWiped,
            Self::NatsRolledBack,
            Self::NatsBitsFlipped,
            Self::NatsTruncated,
        ];
        // Only Linux limits a process that runs already.
        if cfg!(target_os = "linux") {
            kinds.extend([Self::PostgresWritesFail, Self::NatsWritesFail]);
        }
        if mounts {
            kinds.extend([Self::PostgresDiskFull, Self::NatsDiskFull]);
        }
        kinds
    }

    pub(crate) fn of_connections() -> Vec<Self> {
        let cuts = [Cut::Before, Cut::At, Cut::After].map(Self::Cut);
        let others = [
            Self::Stalled,
            Self::SlowClients,
            Self::DeafClients,
            Self::LongSnapshot,
            Self::IdleTransaction,
            Self::IdleLock,
        ];
        cuts.into_iter().chain(others).collect()
    }

    /// Points that are passed all the time.
    pub(crate) fn of_usual_points() -> Vec<Self> {
        points::usual_and_rare().0.into_iter().map(Self::Point).collect()
    }

    /// Points that are worth waiting for.
    pub(crate) fn of_rare_points() -> Vec<Self> {
        points::usual_and_rare().1.into_iter().map(Self::Point).collect()
    }

    /// As the report calls it.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Killed(role) => format!("{}: kill -9", role.name()),
            Self::AllKilled => "all processes at once: kill -9".to_owned(),
            Self::Frozen(role) => format!("{}: SIGSTOP, SIGCONT", role.name()),
            Self::AllFrozen => "all processes at once: SIGSTOP, SIGCONT".to_owned(),
            Self::ClockForward => "clock jumps forward".to_owned(),
            Self::ClockBack => "clock jumps back".to_owned(),
            Self::Rebuilt => "a read model rebuilt, or half of it: kill -9".to_owned(),
            Self::PostgresKilled => "Postgres: kill -9".to_owned(),
            Self::PostgresStopped => "Postgres: immediate stop".to_owned(),
            Self::PostgresFrozen => "Postgres: SIGSTOP, SIGCONT".to_owned(),
            Self::PostgresWritesFail => "Postgres: writes fail".to_owned(),
            Self::PostgresDiskFull => "Postgres: disk full".to_owned(),
            Self::NatsKilled => "NATS: kill -9".to_owned(),
            Self::NatsWiped => "NATS: store deleted".to_owned(),
            Self::NatsRolledBack => "NATS: store rolled back to an old copy".to_owned(),
            Self::NatsBitsFlipped => "NATS: bits of the store flipped".to_owned(),
            Self::NatsTruncated => "NATS: files of the store truncated".to_owned(),
            Self::NatsWritesFail => "NATS: writes fail".to_owned(),
            Self::NatsDiskFull => "NATS: disk full".to_owned(),
            Self::Cut(Cut::Before) => "connection cut before COMMIT".to_owned(),
            Self::Cut(Cut::At) => "connection cut at COMMIT".to_owned(),
            Self::Cut(Cut::After) => "connection cut after COMMIT".to_owned(),
            Self::Stalled => "network to Postgres stalls".to_owned(),
            Self::SlowClients => "clients that send half a request".to_owned(),
            Self::DeafClients => "clients that never read the answer".to_owned(),
            Self::LongSnapshot => "long snapshot (REPEATABLE READ)".to_owned(),
            Self::IdleTransaction => "idle transaction held open".to_owned(),
            Self::IdleLock => "idle transaction that holds the log's lock".to_owned(),
            Self::Point(point) => format!("failpoint {point}"),
        }
    }

    pub(crate) async fn inject(self, office: &Arc<Office>, rng: &mut StdRng) -> Came {
        match self {
            Self::Killed(role) => processes::kill(office, role, rng).await,
            Self::AllKilled => processes::kill_all(office).await,
            Self::Frozen(role) => processes::freeze(office, role, rng).await,
            Self::AllFrozen => processes::freeze_all(office, rng).await,
            Self::ClockForward => clock::forward(office, rng).await,
            Self::ClockBack => clock::back(office, rng).await,
            Self::Rebuilt => rebuilds::rebuild(office, rng).await,
            Self::PostgresKilled => postgres::kill(office, rng).await,
            Self::PostgresStopped => postgres::stop(office, rng).await,
            Self::PostgresFrozen => postgres::freeze(office, rng).await,
            Self::PostgresWritesFail => disk::postgres_writes_fail(office, rng).await,
            Self::PostgresDiskFull => disk::postgres_full(office, rng).await,
            Self::NatsKilled => nats::kill(office, rng).await,
            Self::NatsWiped => nats::wipe(office, rng).await,
            Self::NatsRolledBack => nats::roll_back(office, rng).await,
            Self::NatsBitsFlipped => nats::flip(office, rng).await,
            Self::NatsTruncated => nats::truncate(office, rng).await,
            Self::NatsWritesFail => disk::nats_writes_fail(office, rng).await,
            Self::NatsDiskFull => disk::nats_full(office, rng).await,
            Self::Cut(cut) => connections::cut(office, cut, rng).await,
            Self::Stalled => connections::stall(office, rng).await,
            Self::SlowClients => sockets::slow(office, rng).await,
            Self::DeafClients => sockets::deaf(office, rng).await,
            Self::LongSnapshot => transactions::snapshot(office, rng).await,
            Self::IdleTransaction => transactions::idle(office, rng).await,
            Self::IdleLock => transactions::idle_lock(office).await,
            Self::Point(point) => points::reach(office, point, rng).await,
        }
    }
}

/// It happened, and there is nothing more to say.
fn happened() -> Came {
    Came::Happened(String::new())
}
