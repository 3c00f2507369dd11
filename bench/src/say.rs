//! What whoever measures is told meanwhile.

/// Writes a line to standard error.
#[expect(clippy::disallowed_macros, reason = "this is the home of what the bench says")]
pub(crate) fn note(line: &str) {
    eprintln!("{line}");
}
