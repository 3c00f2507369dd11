//! What a program takes for a log of 500,000 events, beside one of 5,000,000: as fast, and in as much memory.

use super::Bench;
use crate::{fallible::Fallible, results::Target};

/// Events of the short log.
pub(super) const SHORT: i64 = 500_000;
/// Events of the long log.
pub(super) const LONG: i64 = 5_000_000;

/// What it took, once.
pub(super) struct Cost {
    pub(super) per_second: f64,
    pub(super) memory_mib: f64,
}

/// Notes down turn by turn what both took, and the figures that follow: a long log takes no more memory.
pub(super) fn note(bench: &mut Bench<'_>, name: &'static str, few: &[Cost], many: &[Cost]) -> Fallible<()> {
    for (turn, (few, many)) in (1..).zip(few.iter().zip(many)) {
        bench.journal.turn(
            name,
            turn,
            [
                ("events_per_second", many.per_second),
                ("short_events_per_second", few.per_second),
                ("short_memory_mib", few.memory_mib),
                ("long_memory_mib", many.memory_mib),
                ("memory_ratio", many.memory_mib / few.memory_mib),
            ],
        )?;
    }
    bench.journal.figure(name, "memory_ratio", "×", Some(Target::AtMost(1.2)))?;
    for (value, unit) in [
        ("events_per_second", "events/s"),
        ("short_events_per_second", "events/s"),
        ("short_memory_mib", "MiB"),
        ("long_memory_mib", "MiB"),
    ] {
        bench.journal.figure(name, value, unit, None)?;
    }
    Ok(())
}
