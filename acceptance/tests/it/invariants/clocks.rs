//! Clocks that are wrong sell nothing twice.

use std::{fs, path::PathBuf, time::Duration};

use crate::support::{Caller, Ports, Role, World, audit::audit, eventually, quantity, show, standing};

const HOUR: i64 = 3_600_000;
const WITHIN: Duration = Duration::from_secs(40);

/// A clock of one process' own; it is right until it is put.
struct Clock(PathBuf);

impl Clock {
    fn new(world: &World, name: &str) -> Self {
        Self(world.directory.path().join(name))
    }

    fn put(&self, milliseconds: i64) {
        fs::write(&self.0, milliseconds.to_string()).unwrap();
    }

    fn setting(&self) -> [(&'static str, String); 1] {
        [(faultpoint::CLOCK, self.0.display().to_string())]
    }
}

/// Whether somebody can have the seat.
async fn can_have(caller: &Caller, show: &str) -> bool {
    let reply = caller.post("/v1/orders", quantity(show, 1)).await;
    if reply.status != 201 {
        assert_eq!(reply.problem(), (409, "not-enough-available"));
    }
    reply.status == 201
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_sells_no_held_seat() {
    let world = World::new().await;
    let (wrong, of_processes) = (Clock::new(&world, "wrong"), Clock::new(&world, "processes"));
    let elsewhere = Ports::free();
    let (wrong_setting, processes_setting) = (wrong.setting(), of_processes.setting());
    let _running = tokio::join!(
        world.serve(Role::CommandApi),
        world.serve_with(Role::CommandApi, elsewhere, &wrong_setting),
        world.serve_with(Role::Processes, Ports::free(), &processes_setting),
        world.serve_with(Role::Projections, Ports::free(), &[]),
        world.serve_with(Role::Relay, Ports::free(), &[]),
    );
    let (organizer, customer) = tokio::join!(world.staff(&["organizer"]), world.customer());
    let at_the_wrong_time = Caller { api: world.stranger_at(elsewhere).api, ..customer.clone() };
    let (wanted, other) = (show(&organizer, standing(1)).await, show(&organizer, standing(10)).await);
    assert!(can_have(&customer, &wanted).await);

    for skew in [HOUR, -HOUR, 24 * HOUR] {
        wrong.put(skew);
        // What is written at the wrong time is the time from then on.
        assert!(can_have(&at_the_wrong_time, &other).await);
        for caller in [&at_the_wrong_time, &customer] {
            assert!(!can_have(caller, &wanted).await, "its hold has not been ended");
        }
    }
    assert_eq!(world.number("select count(*) from events where type = 'SeatsReleased'").await, 0);
    of_processes.put(HOUR);
    let expired = "select count(*) from events where type = 'OrderExpired'";
    eventually("an end of the hold", WITHIN, || async { (world.number(expired).await > 0).then_some(()) })
        .await;
    assert!(can_have(&customer, &wanted).await, "it was given back");
    assert!(!can_have(&customer, &wanted).await, "once");
    audit(&world).await;
}
