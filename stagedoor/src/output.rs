//! The one place that writes to the terminal: data to stdout, everything else to stderr.
#![expect(clippy::disallowed_macros, reason = "this is the home of output")]

use std::io::{IsTerminal, stdout};

use comfy_table::{
    Table,
    presets::{NOTHING, UTF8_BORDERS_ONLY},
};
use serde::Serialize;

use crate::failure::Failure;

/// Prints a line of data.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Tells a person something that is not data.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Prints a value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(Failure::other)?;
    println!("{text}");
    Ok(())
}

/// Prints rows under headings; without a border where nobody looks at it.
pub(crate) fn table(headings: &[&str], rows: Vec<Vec<String>>) {
    let mut table = Table::new();
    let preset = if stdout().is_terminal() { UTF8_BORDERS_ONLY } else { NOTHING };
    table.load_style(preset).set_header(headings.to_vec());
    for row in rows {
        table.add_row(row);
    }
    println!("{table}");
}

/// Says what went wrong, and what to do.
pub(crate) fn failure(failure: &Failure, json: bool) {
    if json {
        let hint = failure.hint();
        let value =
            serde_json::json!({ "error": failure.to_string(), "hint": hint, "exit_code": failure.code() });
        eprintln!("{value}");
        return;
    }
    eprintln!("error: {failure}");
    if let Some(hint) = failure.hint() {
        eprintln!("  hint: {hint}");
    }
}
