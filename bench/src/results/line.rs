//! One result.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Numbers by name.
pub(crate) type Values = BTreeMap<String, f64>;

/// One result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Line {
    /// Where it was measured, and how.
    Machine {
        /// Facts by name.
        facts: BTreeMap<String, String>,
    },
    /// What one turn of floor and product came to.
    Turn {
        /// What was measured.
        measurement: String,
        /// Which turn.
        turn: u32,
        /// What it came to.
        values: Values,
    },
    /// Whether the books were right afterwards.
    Audit {
        /// What was measured.
        measurement: String,
        /// Whether they were.
        ok: bool,
        /// What was compared.
        found: String,
    },
    /// A figure: the median of its turns.
    Figure(Figure),
}

impl Line {
    /// What it is a result of; a machine is of none.
    pub(super) fn measurement(&self) -> Option<&str> {
        match self {
            Self::Machine { .. } => None,
            Self::Turn { measurement, .. } | Self::Audit { measurement, .. } => Some(measurement),
            Self::Figure(figure) => figure.name.split('.').next(),
        }
    }
}

/// A figure: the median of its turns, and their range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    /// Its name.
    pub(crate) name: String,
    /// What it counts.
    pub(crate) unit: String,
    /// The median of all turns.
    pub(crate) median: f64,
    /// The least of all turns.
    pub(crate) min: f64,
    /// The most of all turns.
    pub(crate) max: f64,
    /// How many turns.
    pub(crate) turns: usize,
    /// What it should be, if anything.
    pub(crate) target: Option<Target>,
    /// Whether it is.
    pub(crate) ok: bool,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
}

impl Target {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

impl Figure {
    /// The figure that these turns come to; `None` without any.
    pub(crate) fn of(name: &str, unit: &str, turns: &[f64], target: Option<Target>) -> Option<Self> {
        let mut sorted = turns.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (&min, &max) = sorted.first().zip(sorted.last())?;
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 {
            sorted[middle]
        } else {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        };
        let ok = target.is_none_or(|target| target.is_met(median));
        let (name, unit) = (name.to_owned(), unit.to_owned());
        Some(Self { name, unit, median, min, max, turns: sorted.len(), target, ok })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_median_of_its_turns() {
        let figure = Figure::of("a", "×", &[3.0, 1.0, 2.0], None).unwrap();
        assert_eq!([figure.min, figure.median, figure.max].map(|value| value.to_string()), ["1", "2", "3"]);
        let even = Figure::of("a", "×", &[4.0, 1.0, 2.0, 3.0], None).unwrap();
        assert_eq!(even.median.to_string(), "2.5");
        assert_eq!(Figure::of("a", "×", &[], None), None);
    }

    #[test]
    fn the_median_has_to_meet_the_target() {
        let met = |target| Figure::of("a", "×", &[1.0, 10.0, 12.0], Some(target)).unwrap().ok;
        assert!(met(Target::AtLeast(10.0)) && !met(Target::AtLeast(10.1)));
        assert!(met(Target::AtMost(10.0)) && !met(Target::AtMost(9.9)));
    }
}
