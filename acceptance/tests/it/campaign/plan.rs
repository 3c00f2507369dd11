//! What a campaign does, and for how long.

use std::{env, time::Duration};

use faultpoint::Point;
use rand::RngExt;

use super::faults::Kind;

/// One nemesis at work; several work at the same time.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    pub(crate) number: u64,
    pub(crate) name: &'static str,
    pub(crate) kinds: Vec<Kind>,
    /// Between two faults.
    pub(crate) pause: Duration,
}

/// When a campaign ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Length {
    For(Duration),
    /// After so many faults.
    Faults(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) seed: u64,
    pub(crate) length: Length,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) clients: usize,
    /// Each burst of faults is followed by quiet, in which everything is checked.
    pub(crate) burst: Duration,
    /// How long a fault waits for its occasion.
    pub(crate) patience: Duration,
    /// Guards of the program that are off: to see whether the checkers notice.
    pub(crate) sabotage: Option<String>,
    /// Whether engines' directories may become file systems of their own, which needs root.
    pub(crate) mounts: bool,
}

impl Plan {
    pub(crate) fn short() -> Self {
        Self {
            name: "short",
            seed: seed(),
            length: Length::For(Duration::from_secs(22)),
            lanes: lanes(false, Duration::from_millis(200)),
            clients: 10,
            burst: Duration::from_mins(1),
            patience: Duration::from_secs(2),
            sabotage: None,
            mounts: false,
        }
    }

    /// `FAULTS_MINUTES`, or `FAULTS_ONLY` with `FAULTS_COUNT`; `SEED`; `FAULTS_SABOTAGE`.
    pub(crate) fn from_environment() -> Self {
        let mounts = env::var("FAULTS_MOUNTS").is_ok_and(|set| set == "yes");
        let whole = Self {
            name: "whole",
            seed: seed(),
            length: Length::For(Duration::from_secs(60 * number("FAULTS_MINUTES", 60))),
            lanes: [lanes(mounts, Duration::from_millis(1_500)), rare_lanes()].concat(),
            clients: 12,
            burst: Duration::from_secs(75),
            patience: Duration::from_secs(12),
            sabotage: env::var("FAULTS_SABOTAGE").ok(),
            mounts,
        };
        let Ok(only) = env::var("FAULTS_ONLY") else { return whole };
        let (name, kinds, count) = match only.as_str() {
            "process-kills" => ("process-kills", Kind::process_kills(), 200),
            "postgres-kills" => ("postgres-kills", vec![Kind::PostgresKilled, Kind::PostgresStopped], 50),
            "nats-wipes" => ("nats-wipes", vec![Kind::NatsWiped], 50),
            other => panic!("FAULTS_ONLY={other}: process-kills, postgres-kills or nats-wipes"),
        };
        Self {
            name,
            length: Length::Faults(usize::try_from(number("FAULTS_COUNT", count)).unwrap()),
            lanes: vec![Lane { number: 1, name, kinds, pause: Duration::from_secs(1) }],
            burst: Duration::from_mins(1),
            mounts: false,
            ..whole
        }
    }
}

fn lanes(mounts: bool, pause: Duration) -> Vec<Lane> {
    vec![
        Lane { number: 1, name: "processes", kinds: Kind::of_processes(), pause },
        Lane { number: 2, name: "engines", kinds: Kind::of_engines(mounts), pause },
        Lane { number: 3, name: "connections", kinds: Kind::of_connections(), pause: pause * 2 },
        Lane { number: 4, name: "points", kinds: Kind::of_usual_points(), pause: pause / 2 },
    ]
}

/// One for each point that is passed now and then. A relay that dies whenever it makes a stream would never make one.
fn rare_lanes() -> Vec<Lane> {
    let lane = |(kind, number)| {
        let pause = if kind == Kind::Point(Point::RelayBeforeCreate) { 40 } else { 1 };
        Lane { number, name: "rare points", kinds: vec![kind], pause: Duration::from_secs(pause) }
    };
    Kind::of_rare_points().into_iter().zip(5..).map(lane).collect()
}

pub(super) fn seed() -> u64 {
    env::var("SEED").ok().map_or_else(|| rand::rng().random(), |seed| seed.parse().expect("SEED is a number"))
}

pub(super) fn number(name: &str, default: u64) -> u64 {
    env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
