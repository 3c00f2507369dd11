//! Takes results down as they come.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use super::{Figure, Line, Target, Values};
use crate::{fallible::Fallible, say};

/// Takes results down as they come.
pub(crate) struct Journal {
    lines: Vec<Line>,
    sink: Option<Box<dyn Write>>,
}

impl Journal {
    /// Into a file, if one is named; `-` is standard output.
    pub(crate) fn open(file: Option<&Path>) -> Fallible<Self> {
        let sink: Option<Box<dyn Write>> = match file {
            Some(file) if file == Path::new("-") => Some(Box::new(io::stdout())),
            Some(file) => Some(Box::new(create(file)?)),
            None => None,
        };
        Ok(Self { lines: vec![], sink })
    }

    /// Takes a line down.
    pub(crate) fn add(&mut self, line: Line) -> Fallible<()> {
        if let Some(sink) = &mut self.sink {
            serde_json::to_writer(&mut *sink, &line)?;
            sink.write_all(b"\n")?;
            sink.flush()?;
        }
        self.lines.push(line);
        Ok(())
    }

    /// What one turn came to.
    pub(crate) fn turn<'a>(
        &mut self,
        measurement: &str,
        turn: u32,
        values: impl IntoIterator<Item = (&'a str, f64)>,
    ) -> Fallible<()> {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), rounded(value)));
        let values: Values = values.collect();
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

    /// Everything so far.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Whether every target is met and all books are right.
    pub(crate) fn is_good(&self) -> bool {
        self.lines.iter().all(|line| match line {
            Line::Audit { ok, .. } | Line::Figure(Figure { ok, .. }) => *ok,
            Line::Machine { .. } | Line::Turn { .. } => true,
        })
    }
}

fn create(file: &Path) -> io::Result<File> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    File::create(file)
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
        let told = [12_345.6, 1.234_56, 0.001_234_4, 0.0].map(|value| rounded(value).to_string());
        assert_eq!(told, ["12350", "1.235", "0.001234", "0"]);
    }
}
