//! No point that nothing passes, no sabotage that nobody notices.

use std::{collections::BTreeSet, time::Duration};

use faultpoint::{Point, Sabotage};
use futures::future::join_all;
use serde_json::Value;

use crate::support::{House, World, eventually, quantity, standing};

/// Where guards are switched off.
const CONTROLS: &[&str] = &[
    include_str!("mod.rs"),
    include_str!("../../../../event-store/tests/it/controls.rs"),
    include_str!("../../../../relay/tests/it/controls.rs"),
    include_str!("../../../../projections/tests/it/controls.rs"),
    include_str!("../../../../processes/tests/it/controls.rs"),
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
    let settings = [(faultpoint::POINTS, all.join(";")), (faultpoint::CLOCK, clock.display().to_string())];
    let house = House::in_world_with(world, &settings).await;
    let show = house.show(standing(90_000)).await;
    house.order(quantity(&show, 1)).await;
    // The hold ends.
    std::fs::write(&clock, "3600000").unwrap();
    eventually("the end of a hold", WITHIN, || async {
        (house.world.number("select count(*) from events where type = 'OrderExpired'").await == 1)
            .then_some(())
    })
    .await;
    for _ in 0..LONG / AT_ONCE {
        join_all((0..AT_ONCE).map(|_| house.order(quantity(&show, 1)))).await;
    }
    let all: BTreeSet<&str> = Point::ALL.iter().map(|point| point.name()).collect();
    eventually("every point", WITHIN, || async {
        let log = house.process.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let points: BTreeSet<String> =
            lines.filter_map(|line| Some(line["point"].as_str()?.to_owned())).collect();
        (points.iter().map(String::as_str).collect::<BTreeSet<_>>() == all).then_some(())
    })
    .await;
}
