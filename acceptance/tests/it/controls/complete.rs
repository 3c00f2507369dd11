//! No point that nothing passes, no sabotage that nobody notices.

use std::{collections::BTreeSet, panic::AssertUnwindSafe, sync::Mutex, time::Duration};

use faultpoint::{Point, Sabotage};
use futures::{FutureExt, future::join_all};
use serde_json::Value;

use crate::support::{Ports, Process, Role, Signing, World, eventually, quantity, show, standing};

/// Where guards are switched off.
const CONTROLS: &[&str] = &[
    include_str!("mod.rs"),
    include_str!("../../../../event-store/tests/it/controls.rs"),
    include_str!("../../../../command-api/tests/it/controls.rs"),
    include_str!("../../../../relay/tests/it/controls.rs"),
    include_str!("../../../../projections/tests/it/controls.rs"),
    include_str!("../../../../processes/tests/it/controls.rs"),
    include_str!("../../../../processes/tests/it/money/controls.rs"),
    include_str!("../../../../evidence/tests/it/controls.rs"),
];
/// A stream as long as this gets a snapshot.
const LONG: usize = 1_000;
const AT_ONCE: usize = 100;
const WITHIN: Duration = Duration::from_secs(40);

#[test]
fn every_sabotage_has_a_control() {
    for sabotage in Sabotage::ALL {
        let switched_off = format!("Sabotage::{sabotage:?}");
        assert!(CONTROLS.iter().any(|controls| controls.contains(&switched_off)), "{switched_off}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_point_lies_on_the_way_of_an_order() {
    let world = World::new().await;
    let clock = world.directory.path().join("clock");
    let all: Vec<String> = Point::ALL.iter().map(|point| format!("{point}=pause:0")).collect();
    let mut settings = Signing::within(world.directory.path()).settings(100);
    settings.push((faultpoint::POINTS, all.join(";")));
    settings.push((faultpoint::CLOCK, clock.display().to_string()));
    // Each in a process of its own: one process tells itself what it wrote.
    let serve = |role, ports| world.serve_with(role, ports, &settings);
    let (commands, relay, projections, processes) = tokio::join!(
        serve(Role::CommandApi, world.ports),
        serve(Role::Relay, Ports::free()),
        serve(Role::Projections, Ports::free()),
        serve(Role::Processes, Ports::free()),
    );
    let (organizer, customer) = tokio::join!(world.staff(&["organizer"]), world.customer());
    let show = show(&organizer, standing(90_000)).await;
    let order = async || customer.post("/v1/orders", quantity(&show, 1)).await.ok(201);
    order().await;
    // The hold ends.
    std::fs::write(&clock, "3600000").unwrap();
    eventually("the end of a hold", WITHIN, || async {
        let expired = world.number("select count(*) from events where type = 'OrderExpired'").await;
        (expired == 1).then_some(())
    })
    .await;
    for _ in 0..LONG / AT_ONCE {
        join_all((0..AT_ONCE).map(|_| order())).await;
    }
    let rebuilt = passed_by_a_rebuild(&world).await;
    let missing = Mutex::new(BTreeSet::new());
    let passed = eventually("every point", WITHIN, || async {
        let log = [&commands, &relay, &projections, &processes].map(Process::log).join("\n");
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let passed: BTreeSet<String> = lines
            .filter_map(|line| Some(line["point"].as_str()?.to_owned()))
            .chain(rebuilt.iter().cloned())
            .collect();
        let left: BTreeSet<&str> =
            Point::ALL.iter().map(|point| point.name()).filter(|point| !passed.contains(*point)).collect();
        missing.lock().unwrap().clone_from(&left);
        left.is_empty().then_some(())
    });
    let passed = AssertUnwindSafe(passed).catch_unwind().await;
    assert!(passed.is_ok(), "never passed: {:?}", missing.lock().unwrap());
}

/// A command keeps no log; it signs the files that its points look for.
async fn passed_by_a_rebuild(world: &World) -> Vec<String> {
    let file = |point: &Point| world.directory.path().join(point.name().replace('/', "."));
    let rules = Point::ALL.iter().map(|point| {
        std::fs::write(file(point), "").unwrap();
        format!("{point}=pause:0@{}", file(point).display())
    });
    let points = [(faultpoint::POINTS, rules.collect::<Vec<_>>().join(";"))];
    world.run_with(&points, &["projections", "rebuild", "--all"]).await.code(0);
    let signed = |point: &&Point| !std::fs::read_to_string(file(point)).unwrap().is_empty();
    Point::ALL.iter().filter(signed).map(|point| point.name().to_owned()).collect()
}
