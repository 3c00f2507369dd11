//! Takes results down as they come.

use std::{fs::File, io::Write, path::Path};

use super::{Figure, Line, Target, Values};
use crate::{fallible::Fallible, say};

/// Takes results down as they come.
pub(crate) struct Journal {
    lines: Vec<Line>,
    file: Option<File>,
}

impl Journal {
    /// Into a file, if one is named.
    pub(crate) fn open(file: Option<&Path>) -> Fallible<Self> {
        Ok(Self { lines: vec![], file: file.map(File::create).transpose()? })
    }

    /// Takes a line down.
    pub(crate) fn add(&mut self, line: Line) -> Fallible<()> {
        if let Some(file) = &mut self.file {
            serde_json::to_writer(&mut *file, &line)?;
            file.write_all(b"\n")?;
        }
        self.lines.push(line);
        Ok(())
    }

    /// What one turn came to.
    pub(crate) fn turn<const N: usize>(
        &mut self,
        measurement: &str,
        turn: u32,
        values: [(&str, f64); N],
    ) -> Fallible<()> {
        let values: Values =
            values.into_iter().map(|(name, value)| (name.to_owned(), rounded(value))).collect();
        let told: Vec<String> = values.iter().map(|(name, value)| format!("{name} {value}")).collect();
        say::note(&format!("{measurement} {turn}: {}", told.join(", ")));
        self.add(Line::Turn { measurement: measurement.to_owned(), turn, values })
    }

    /// Whether the books were right.
    pub(crate) fn audit(&mut self, measurement: &str, ok: bool, found: String) -> Fallible<()> {
        say::note(&format!("{measurement} audit: {} ({found})", if ok { "ok" } else { "WRONG" }));
        self.add(Line::Audit { measurement: measurement.to_owned(), ok, found })
    }

    /// The figure `measurement.value`, from all its turns so far.
    pub(crate) fn figure(
        &mut self,
        measurement: &str,
        value: &str,
        unit: &str,
        target: Option<Target>,
    ) -> Fallible<()> {
        let turns: Vec<f64> =
            self.lines.iter().filter_map(|line| of_turn(line, measurement, value)).collect();
        let name = format!("{measurement}.{value}");
        let Some(figure) = Figure::of(&name, unit, &turns, target) else { return Ok(()) };
        let Figure { median, min, max, ok, .. } = &figure;
        let verdict = if *ok { "" } else { "  MISSED" };
        say::note(&format!("{name} = {median} {unit} ({min} … {max}){verdict}"));
        self.add(Line::Figure(figure))
    }

    /// Whether every target is met and all books are right.
    pub(crate) fn is_good(&self) -> bool {
        self.lines.iter().all(|line| match line {
            Line::Audit { ok, .. } | Line::Figure(Figure { ok, .. }) => *ok,
            Line::Machine { .. } | Line::Turn { .. } => true,
        })
    }
}

fn of_turn(line: &Line, wanted: &str, value: &str) -> Option<f64> {
    match line {
        Line::Turn { measurement, values, .. } if measurement == wanted => values.get(value).copied(),
        Line::Turn { .. } | Line::Machine { .. } | Line::Audit { .. } | Line::Figure(_) => None,
    }
}

/// To four digits: more would pretend to be known.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let scale = 10_f64.powf(3.0 - value.abs().log10().floor());
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits() {
        assert_eq!([12_345.6, 1.234_56, 0.001_234_5, 0.0].map(rounded), [12_350.0, 1.235, 0.001_235, 0.0]);
    }
}
