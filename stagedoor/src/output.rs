//! The one place that writes to the terminal: data to stdout, everything else to stderr.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

use comfy_table::{
    Table,
    presets::{NOTHING, UTF8_BORDERS_ONLY},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::failure::Failure;

const BAR: &str = "{bar:32} {human_pos} of {human_len} {msg}  {per_sec}, {eta} left";

/// Prints a line of data.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    printed(writeln!(stdout().lock(), "{text}"))
}

/// Prints lines of data as they stand, and has them read by whoever reads.
pub(crate) fn lines(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    printed(out.write_all(bytes).and_then(|()| out.flush()))
}

fn printed(written: std::io::Result<()>) -> Result<(), Failure> {
    match written {
        Ok(()) => Ok(()),
        // Whoever reads, such as `head`, has had enough: that is no failure, and nothing is left to do.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Failure::other(format!("standard output: {error}"))),
    }
}

/// Tells a person something that is not data.
pub(crate) fn note(text: &str) {
    // Where nobody listens, nobody can be told.
    let _ = writeln!(stderr().lock(), "{text}");
}

/// Prints a value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(Failure::other)?;
    line(&text)
}

/// Prints rows under headings; without a border where nobody looks at it.
pub(crate) fn table(headings: &[&str], rows: Vec<Vec<String>>) -> Result<(), Failure> {
    let mut table = Table::new();
    let preset = if stdout().is_terminal() { UTF8_BORDERS_ONLY } else { NOTHING };
    table.load_style(preset).set_header(headings.to_vec());
    for row in rows {
        table.add_row(row);
    }
    line(&table.trim_fmt())
}

/// How far something is, where somebody watches.
pub(crate) struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of so many of what. Nothing is shown where standard error is no terminal.
    pub(crate) const fn new(what: &'static str) -> Self {
        Self { what, bar: None }
    }

    /// `done` of `all`.
    pub(crate) fn tell(&mut self, done: i64, all: i64) {
        let bar = self.bar.get_or_insert_with(|| bar(BAR).with_message(self.what));
        bar.set_length(all.unsigned_abs());
        bar.set_position(done.unsigned_abs());
    }

    /// Makes room for what is printed; what is told afterwards is shown below that.
    pub(crate) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// A bar that looks so, on standard error.
pub(crate) fn bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    // Templates are constants that tests parse.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// Says what went wrong, and what to do.
pub(crate) fn failure(failure: &Failure, json: bool) {
    if json {
        let hint = failure.hint();
        let value =
            serde_json::json!({ "error": failure.to_string(), "hint": hint, "exit_code": failure.code() });
        return note(&value.to_string());
    }
    note(&format!("error: {failure}"));
    if let Some(hint) = failure.hint() {
        note(&format!("  hint: {hint}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_can_be_drawn() {
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }
}
