//! Places in the program at which it dies, stands still or fails.

use std::{
    fs::{self, File},
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use faultpoint::Point;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rand::{RngExt, rngs::StdRng};
use tokio::time::sleep;

use super::{Came, rebuilds};
use crate::campaign::office::{At, Office, possible, trigger};

/// Some places are passed only now and then.
const RARE: [Point; 2] = [Point::SnapshotBeforeWrite, Point::RelayBeforeCreate];
const PASSED_WITHIN: Duration = Duration::from_secs(70);
const LOOK_EVERY: Duration = Duration::from_millis(30);

/// Those that are passed all the time, and those that need a wait of their own.
pub(super) fn usual_and_rare() -> (Vec<Point>, Vec<Point>) {
    Point::ALL.iter().partition(|point| !RARE.contains(point))
}

/// Waits at a point until some process passes it.
pub(super) async fn reach(office: &Arc<Office>, point: Point, rng: &mut StdRng) -> Came {
    let what = draw(point, rng);
    let file = trigger(&office.points, point, what);
    File::create(&file).unwrap();
    // Only who makes a read model anew passes these, and seldom does anybody.
    let rebuilt = point.name().starts_with("rebuild/").then(|| {
        let (office, model) = (Arc::clone(office), rebuilds::any(rng));
        tokio::spawn(async move { rebuilds::pass(&office, model).await })
    });
    let (begun, within) =
        (Instant::now(), if RARE.contains(&point) { PASSED_WITHIN } else { office.patience });
    while signed(&file).is_empty() && begun.elapsed() < within && !office.enough.load(Ordering::Relaxed) {
        sleep(LOOK_EVERY).await;
    }
    // Another of the same role may come by until it is gone.
    let gone = file.with_extension("gone");
    fs::rename(&file, &gone).unwrap();
    let caught = signed(&gone);
    let Some(first) = caught.first() else { return Came::Missed("nobody came by".to_owned()) };
    let who = office.staff.iter().find(|instance| instance.pid() == *first);
    if what == At::Freeze {
        sleep(Duration::from_millis(rng.random_range(200..4_000))).await;
        for pid in signed(&gone) {
            let _ = kill(pid, Signal::SIGCONT);
        }
    }
    if let Some(rebuilt) = rebuilt {
        let _ = rebuilt.await;
        return Came::Happened(format!("{what:?} of a rebuild"));
    }
    Came::Happened(format!("{what:?} of {}", who.map_or("one that is gone", |who| &who.name)))
}

/// Who came by.
fn signed(file: &Path) -> Vec<Pid> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|pid| pid.parse().ok()).map(Pid::from_raw).collect()
}

/// Death is the most interesting.
fn draw(point: Point, rng: &mut StdRng) -> At {
    let possible = possible(point);
    if rng.random_range(0..2) == 0 { At::Kill } else { possible[rng.random_range(0..possible.len())] }
}
