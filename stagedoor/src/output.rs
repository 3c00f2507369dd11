//! The one place that writes to the terminal: data to stdout, everything else to stderr.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};

use comfy_table::{
    Table,
    presets::{NOTHING, UTF8_BORDERS_ONLY},
};
use serde::Serialize;

use crate::failure::Failure;

/// Prints a line of data.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    match writeln!(stdout().lock(), "{text}") {
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
    line(&table.to_string())
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
