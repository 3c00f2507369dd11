//! The box office under attack: every role at least twice, each in a process of its own, on engines of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use engines::testing::{SharedEngines, ThrowawayEngines, throwaway};
use faultpoint::Point;
use reqwest::Client;

use super::{instance::Instance, plan::Plan, proxy::Proxy};
use crate::support::{Api, Caller, Role, Signing, World, eventually};

const STARTS_WITHIN: Duration = Duration::from_mins(2);
/// Customers don't wait longer, and ask again.
const PATIENCE: Duration = Duration::from_secs(6);
const CONNECTIONS: u32 = 300;
/// So little that the oldest messages are discarded while a long campaign runs.
const STREAM_MIB: &str = "48";

pub(crate) struct Office {
    pub(crate) staff: Vec<Arc<Instance>>,
    /// What those who write go through.
    pub(crate) writers: Proxy,
    /// What relay and projections go through.
    pub(crate) followers: Proxy,
    /// Whoever works on the engines: one fault at a time.
    pub(crate) engines_turn: tokio::sync::Mutex<()>,
    pub(crate) http: Client,
    /// How long a fault waits for its occasion.
    pub(crate) patience: Duration,
    /// A fault that waits for its occasion is to wait no longer.
    pub(crate) enough: AtomicBool,
    /// What failpoints look for.
    pub(crate) points: PathBuf,
    /// What signs checkpoints meanwhile.
    pub(crate) signing: Signing,
    pub(crate) world: World,
    pub(crate) engines: ThrowawayEngines,
}

/// So few that checkpoints are signed all the time.
const CHECKPOINT_EVENTS: u32 = 40;

/// What can happen at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Kill,
    Freeze,
    Pause,
    Panic,
    Fail,
}

impl Office {
    pub(crate) async fn open(plan: &Plan) -> Arc<Self> {
        let engines = throwaway(CONNECTIONS).await.unwrap();
        let world = World::on(SharedEngines { ..engines.addresses() }).await;
        let server = engines.postgres.port();
        let (writers, followers) = (Proxy::before(server).await, Proxy::before(server).await);
        let points = world.directory.path().join("points");
        fs::create_dir(&points).unwrap();
        let signing = Signing::within(world.directory.path());
        let settings = |proxy: &Proxy| {
            let mut settings = settings(&world, proxy, &points, plan);
            settings.extend(signing.settings(CHECKPOINT_EVENTS));
            settings
        };
        let staff = [Role::CommandApi, Role::QueryApi, Role::Relay, Role::Projections, Role::Processes];
        let staff = staff.into_iter().flat_map(|role| [(role, 1), (role, 2)]).map(|(role, number)| {
            let proxy =
                if [Role::CommandApi, Role::Processes].contains(&role) { &writers } else { &followers };
            Instance::start(role, number, settings(proxy), world.directory.path())
        });
        let staff: Vec<_> = staff.collect();
        let http = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        let engines_turn = tokio::sync::Mutex::default();
        let office = Arc::new(Self {
            staff,
            writers,
            followers,
            engines_turn,
            http,
            patience: plan.patience,
            enough: AtomicBool::new(false),
            points,
            signing,
            world,
            engines,
        });
        office.all_ready(STARTS_WITHIN).await;
        if plan.mounts {
            super::faults::disk::mount(&office).await;
        }
        office
    }

    pub(crate) fn of(&self, role: Role) -> impl Iterator<Item = &Arc<Instance>> {
        self.staff.iter().filter(move |instance| instance.role == role)
    }

    /// Waits until every process says that it can do its work.
    pub(crate) async fn all_ready(&self, within: Duration) {
        for instance in &self.staff {
            eventually(&format!("{} is ready", instance.name), within, || async {
                let answer = self.http.get(format!("{}/readyz", instance.address())).send().await.ok()?;
                (answer.status() == 200).then_some(())
            })
            .await;
        }
    }

    /// Whether a process says that it can't do its work; one that does not answer is about to be started.
    pub(crate) async fn has_an_unready(&self, role: Role) -> bool {
        for instance in self.of(role) {
            let answer = self.http.get(format!("{}/readyz", instance.address())).send().await;
            if answer.is_ok_and(|answer| answer.status() == 503) {
                return true;
            }
        }
        false
    }

    /// Somebody's four ways in: each command-api with each query-api.
    pub(crate) fn ways_in(&self, who: &Caller) -> Vec<Caller> {
        let pairs = self.of(Role::CommandApi).flat_map(|commands| {
            self.of(Role::QueryApi).map(move |queries| Api {
                http: self.http.clone(),
                commands: commands.address(),
                queries: queries.address(),
            })
        });
        pairs.map(|api| Caller { api, ..who.clone() }).collect()
    }

    /// What makes a process obey the points.
    pub(crate) fn armed(&self) -> Vec<(&'static str, String)> {
        vec![(faultpoint::POINTS, rules(&self.points))]
    }

    /// Somebody who has not signed in.
    pub(crate) fn stranger(&self) -> Caller {
        let (commands, queries) = (self.of(Role::CommandApi).next(), self.of(Role::QueryApi).next());
        let api = Api {
            http: self.http.clone(),
            commands: commands.unwrap().address(),
            queries: queries.unwrap().address(),
        };
        Caller { api, user_id: String::new(), token: None }
    }
}

/// The file that makes something happen at a point, as long as it exists.
pub(crate) fn trigger(points: &Path, point: Point, what: At) -> PathBuf {
    points.join(format!("{}.{what:?}", point.name().replace('/', ".")))
}

/// What may happen at a point.
pub(crate) fn possible(point: Point) -> Vec<At> {
    // A handler that panics is answered 500, which is never right but here.
    let panics = !matches!(point, Point::CommandAccepted | Point::CommandAnswered);
    let always = [At::Kill, At::Freeze, At::Pause];
    always
        .into_iter()
        .chain(panics.then_some(At::Panic))
        .chain(point.may_fail().then_some(At::Fail))
        .collect()
}

fn rules(points: &Path) -> String {
    let rule = |point: Point, what| {
        let action = match what {
            At::Kill => "kill",
            At::Freeze => "stop",
            At::Pause => "pause:1500",
            At::Panic => "panic",
            At::Fail => "fail",
        };
        format!("{point}={action}@{}", trigger(points, point, what).display())
    };
    let of_point =
        |point: &Point| possible(*point).into_iter().map(|what| rule(*point, what)).collect::<Vec<_>>();
    Point::ALL.iter().flat_map(of_point).collect::<Vec<_>>().join(";")
}

fn settings(world: &World, proxy: &Proxy, points: &Path, plan: &Plan) -> Vec<(&'static str, String)> {
    let mut settings = world.settings();
    let direct = format!(":{}/", world.port());
    for (_, value) in settings.iter_mut().filter(|(name, _)| *name == "DATABASE_URL") {
        *value = value.replace(&direct, &format!(":{}/", proxy.port));
    }
    settings.push(("STAGEDOOR_STREAM_MAX_MIB", STREAM_MIB.to_owned()));
    settings.push(("STAGEDOOR_LOG", "warn".to_owned()));
    settings.push((faultpoint::POINTS, rules(points)));
    settings.extend(plan.sabotage.clone().map(|sabotage| (faultpoint::SABOTAGES, sabotage)));
    settings
}
